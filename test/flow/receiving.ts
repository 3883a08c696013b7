import type { Incident } from '../../src/core/incident.ts';
import type { SourceSettings } from '../../src/core/settings.ts';
import type { Surroundings } from '../../src/core/surroundings.ts';
import { createCounting } from '../../src/flow/count-alerts.ts';
import { createMailbox } from '../../src/flow/mailbox.ts';
import { nothingLately } from '../../src/flow/memories.ts';
import { type Receiving, receiveAlerts, type Told } from '../../src/flow/receive-alerts.ts';
import type { OpeningRules } from '../../src/flow/route-alert.ts';
import { readAlertmanager } from '../../src/ingest/alertmanager.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { fakeClock } from '../fake-clock.ts';
import { AT } from '../make.ts';

export const SOURCE: SourceSettings = {
  name: 'default',
  kind: 'alertmanager',
  cluster: { name: 'prod' },
  secret: null,
  repeats: null,
};

/**
 * A store in memory that hands its inbox to the receiving side; `told` stands for bodies that were never captured,
 * and `cluster.shows` for what the cluster would be seen to show.
 */
export async function startReceiving(
  told?: ReadonlyMap<string, Told>,
  options: { readonly rules?: Partial<OpeningRules>; readonly file?: string } = {},
) {
  const clock = fakeClock(AT);
  const store = await openStore({ file: options.file ?? ':memory:', clock: () => new Date(clock.now()) });
  const cluster: { shows: Surroundings | null; asked: number } = { shows: null, asked: 0 };
  const acting = { ledger: store.ledger, clock, mailbox: createMailbox() };
  const receiving: Receiving = {
    ...acting,
    inbox: store.inbox,
    alerts: store.alerts,
    lately: nothingLately(),
    counting: createCounting({ ...acting, alerts: store.alerts }),
    lookAround: async () => {
      cluster.asked += 1;
      return cluster.shows;
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    rules: () => ({
      openWhen: [[{ label: 'severity', op: '=' as const, value: 'critical' }]],
      services: [],
      defaultResponder: null,
      maintenance: [],
      pagers: new Set(['pagerduty']),
      timing: { channelGraceMs: 0, quietMs: 60_000, clearingMs: 60_000, reopenMs: 3_600_000 },
      ...options.rules,
    }),
    read: ({ body }) => told?.get(body) ?? readAlertmanager(body, SOURCE),
  };
  let count = 0;
  return {
    store,
    clock,
    cluster,
    receiving,
    async deliver(bodies: readonly string[], by: Receiving = receiving) {
      for (const body of bodies) {
        count += 1;
        await store.inbox.put({
          id: `d${count}`,
          source: 'default',
          kind: 'alertmanager',
          receivedAt: clock.now(),
          body,
        });
      }
      await receiveAlerts(by, new AbortController().signal);
    },
    async incidents(): Promise<Incident[]> {
      const lines = await store.incidents({ all: true });
      const all = await Promise.all(lines.map(({ id }) => store.ledger.load(id as Incident['id'])));
      return all.filter((incident) => incident !== null);
    },
    async firing(): Promise<string[]> {
      const all = (await this.incidents()).flatMap((incident) => Object.values(incident.alerts));
      return all
        .filter((alert) => alert.status === 'firing')
        .map((alert) => alert.labels.pod ?? alert.fingerprint);
    },
  };
}
