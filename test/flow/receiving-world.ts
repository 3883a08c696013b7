import { FIRSTMATE } from '../../src/core/actor.ts';
import { isFiring } from '../../src/core/alert.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { Inbox } from '../../src/core/ports/inbox.ts';
import { StoreUnavailable } from '../../src/core/ports/ledger.ts';
import type { SourceSettings } from '../../src/core/settings.ts';
import { act } from '../../src/flow/act.ts';
import { createMailbox } from '../../src/flow/mailbox.ts';
import { nothingLately } from '../../src/flow/memories.ts';
import { type Receiving, receiveAlerts } from '../../src/flow/receive-alerts.ts';
import { ALERT_SOURCES, readDelivery } from '../../src/ingest/alert-sources.ts';
import { startReceiving } from './receiving.ts';
import type { Sent } from './receiving-history.ts';

export const SOURCES: readonly SourceSettings[] = [
  { name: 'default', kind: 'alertmanager', cluster: { name: 'prod' }, secret: null, repeats: null },
  { name: 'twin', kind: 'alertmanager', cluster: { name: 'prod' }, secret: null, repeats: null },
  { name: 'pager', kind: 'pagerduty', cluster: { name: 'prod' }, secret: null, repeats: null },
];
const never = new AbortController().signal;

/** What is known in the end, without what depends on the order by right (see the property). */
export type Known = {
  /** `source/fingerprint` of what fires, by what is remembered of each alert. */
  readonly firing: readonly string[];
  /** The incident that each alert is said to be told in. */
  readonly toldIn: { readonly [alert: string]: string | null };
  /** The same for each group: how many alerts were left out. */
  readonly hidden: { readonly [group: string]: number };
  readonly incidents: readonly Incident[];
};

/** The receiving side on a store in memory, with the real parsers of what senders send. */
export async function startReceivingWorld() {
  const {
    store,
    clock,
    receiving: plain,
    incidents,
  } = await startReceiving(undefined, {
    rules: { pagers: new Set(['pager']) },
  });
  const errors: string[] = [];
  let dying = false;
  const inbox: Inbox = {
    ...store.inbox,
    async done(...handled) {
      if (dying) throw new StoreUnavailable('the process dies before it notes what it handled');
      await store.inbox.done(...handled);
    },
  };
  const log = (about: object, message: string) => void errors.push(`${message} ${JSON.stringify(about)}`);
  let receiving: Receiving = {
    ...plain,
    inbox,
    log: { info: () => {}, warn: log, error: log },
    read: (delivery) => readDelivery(delivery, SOURCES),
  };
  const alerts = new Map<string, { readonly source: string; readonly fingerprint: string }>();
  const groups = new Map<string, { readonly source: string; readonly groupKey: string }>();
  let count = 0;

  return {
    errors,
    store,
    /** A webhook is stored, as the public listener does it. */
    async put({ source, kind, id, body }: Sent): Promise<void> {
      const fault = ALERT_SOURCES[kind].bodyFault(JSON.parse(body));
      if (fault !== null) throw new Error(`${fault.pointer} ${fault.says}: ${body}`);
      count += 1;
      const delivery = {
        id: id === null ? `d${count}` : `${kind}/${source}/${id}`,
        source,
        kind,
        receivedAt: clock.now(),
        body,
      };
      await store.inbox.put(delivery);
      const told = readDelivery(delivery, SOURCES);
      for (const { fingerprint } of told.alerts)
        alerts.set(`${source}/${fingerprint}`, { source, fingerprint });
      if (told.groupKey !== '') groups.set(`${source} ${told.groupKey}`, { source, groupKey: told.groupKey });
    },
    /** What is stored is handled. */
    handle: () => receiveAlerts(receiving, never),
    /** All is handled, but the process dies before it has noted so, and starts again. */
    async handleAndDie(): Promise<void> {
      dying = true;
      await receiveAlerts(receiving, never).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) throw error;
      });
      dying = false;
      this.restart();
    },
    /** What was kept in mind is gone; what is on disk is not. */
    restart(): void {
      receiving = { ...receiving, lately: nothingLately(), mailbox: createMailbox() };
    },
    /** Time goes by, and what is over by then is closed, as it is once the quiet period ends. */
    async rest(seconds: number): Promise<void> {
      clock.advance(seconds * 1000);
      for (const incident of await incidents()) {
        if (incident.status === 'resolved' || incident.clearSince === null) continue;
        const command = { do: 'resolve', because: 'quiet', force: false } as const;
        await act(receiving, incident.id, command, { actor: FIRSTMATE, cause: null });
      }
    },
    async known(): Promise<Known> {
      const firing: string[] = [];
      const toldIn: Record<string, string | null> = {};
      for (const [name, { source, fingerprint }] of alerts) {
        const memory = await store.alerts.memory(source, fingerprint);
        if (memory === null) continue;
        toldIn[name] = memory.incident;
        if (isFiring(memory)) firing.push(name);
      }
      const hidden: Record<string, number> = {};
      for (const [name, { source, groupKey }] of groups)
        hidden[name] = (await store.alerts.group(source, groupKey))?.hidden ?? 0;
      return { firing: firing.sort(), toldIn, hidden, incidents: await incidents() };
    },
  };
}
