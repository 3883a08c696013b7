import type { Incident } from '../../src/core/incident.ts';
import type { SourceSettings } from '../../src/core/settings.ts';
import type { Surroundings } from '../../src/core/surroundings.ts';
import { describe } from '../../src/core/timeline-text.ts';
import { createCounting } from '../../src/flow/count-alerts.ts';
import { createMailbox } from '../../src/flow/mailbox.ts';
import { nothingLately } from '../../src/flow/memories.ts';
import { type Receiving, receiveAlerts, type Told } from '../../src/flow/receive-alerts.ts';
import type { OpeningRules } from '../../src/flow/route-alert.ts';
import { readDelivery } from '../../src/ingest/alert-sources.ts';
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
/** Another Alertmanager of the same cluster. */
export const OTHER: SourceSettings = { ...SOURCE, name: 'other' };
export const PAGERDUTY: SourceSettings = { ...SOURCE, name: 'pagerduty', kind: 'pagerduty' };

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
    read: (delivery) => told?.get(delivery.body) ?? readDelivery(delivery, [SOURCE, OTHER, PAGERDUTY]),
  };
  let count = 0;
  return {
    store,
    clock,
    cluster,
    receiving,
    /** All of them wait before the first is handled. */
    async deliver(
      bodies: readonly string[],
      { name, kind }: SourceSettings = SOURCE,
      by: Receiving = receiving,
    ) {
      for (const body of bodies) {
        count += 1;
        await store.inbox.put({
          id: `d${count}`,
          source: name,
          kind,
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
    /** What happened in an incident, a line each; its times as `02:07:00`. */
    async timeline(id: Incident['id']): Promise<string[]> {
      return (await store.ledger.events(id)).map(describe);
    },
    async firing(): Promise<string[]> {
      const all = (await this.incidents()).flatMap((incident) => Object.values(incident.alerts));
      return all
        .filter((alert) => alert.status === 'firing')
        .map((alert) => alert.labels.pod ?? alert.fingerprint);
    },
  };
}
