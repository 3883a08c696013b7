import type { EventPayloads } from '../../core/events.ts';
import type { Store } from '../store.ts';
import type { Append } from './append.ts';
import { available, type Database } from './database.ts';
import type { Events } from './events.ts';
import type { Folded } from './folded.ts';
import type { Incidents } from './incidents.ts';
import { brokenStream } from './verify.ts';

type PauseRow = { readonly type: string; readonly payload: string; readonly since: string };

export function createLedger(
  db: Database,
  parts: { append: Append; events: Events; incidents: Incidents; folded: Folded },
): Store['ledger'] {
  const { append, events, incidents, folded } = parts;
  // The names stand here as they do in the index that this uses.
  const lastPause = db.prepare<[], PauseRow>(
    `SELECT type, payload, occurred_at AS since FROM events
     WHERE stream = 'system' AND type IN ('writes.paused', 'writes.resumed') ORDER BY seq DESC LIMIT 1`,
  );
  // An append between the incident's row and its events would give two different moments.
  const load = db.transaction(folded.load);

  return {
    async append(stream, expectedSeq, news, recordedAt) {
      return available(() => append(stream, expectedSeq, news, recordedAt));
    },
    async load(id) {
      return available(() => load(id));
    },
    async events(stream) {
      return available(() => events.from(stream, 1));
    },
    async firstBroken(stream) {
      return available(() => brokenStream(stream, events.links(stream)));
    },
    async lastSeq(stream) {
      return available(() => events.last(stream)?.seq ?? 0);
    },
    async unfinished() {
      return available(() => incidents.unfinished());
    },
    async due(now) {
      return available(() => incidents.due(now));
    },
    async lastByCorrelationKey(key) {
      return available(() => incidents.lastByCorrelationKey(key));
    },
    async openByCorrelationKey(key) {
      return available(() => incidents.openByCorrelationKey(key));
    },
    async nextNumber(year) {
      return available(() => incidents.nextNumber(year));
    },
    async incidentOfPlan(plan) {
      return available(() => incidents.ofPlan(plan));
    },
    async incidentOfChannel(team, channel) {
      return available(() => incidents.ofChannel(team, channel));
    },
    async changesSince(about) {
      return available(() => incidents.changesSince(about));
    },
    async paused() {
      const last = available(() => lastPause.get());
      if (last?.type !== 'writes.paused') return null;
      const { reason } = JSON.parse(last.payload) as EventPayloads['writes.paused'];
      return { reason, since: last.since };
    },
  };
}
