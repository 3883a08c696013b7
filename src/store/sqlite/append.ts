import { announce } from '../../core/announce.ts';
import { announceSystem } from '../../core/announce-system.ts';
import { type Chained, eventHash, type Link, payloadHash } from '../../core/chain.ts';
import type { NewEvent } from '../../core/events.ts';
import type { Stream } from '../../core/ids.ts';
import { fold, type Incident } from '../../core/incident.ts';
import { canonicalJson } from '../../core/json.ts';
import type { OutboxMessage } from '../../core/outbox.ts';
import type { Appended } from '../../core/ports/ledger.ts';
import { queryRows } from '../query-rows.ts';
import type { Database } from './database.ts';
import { type Events, readStored } from './events.ts';
import type { Folded } from './folded.ts';
import type { Incidents } from './incidents.ts';
import type { PutMessages } from './outbox.ts';
import type { QueryTables } from './query-tables.ts';

type Parts = {
  readonly events: Events;
  readonly incidents: Incidents;
  readonly tables: QueryTables;
  readonly putMessages: PutMessages;
  readonly folded: Folded;
  readonly ids: () => string;
  readonly salt: () => string;
};

export type Append = (
  stream: Stream,
  expectedSeq: number,
  events: readonly NewEvent[],
  recordedAt: string,
) => Appended;

/** One transaction: check, number, chain, fold, query tables, outbox. */
export function prepareAppend(db: Database, parts: Parts): Append {
  const { events, incidents, tables, putMessages, folded } = parts;

  function write(
    stream: Stream,
    after: number,
    news: readonly NewEvent[],
    recordedAt: string,
  ): readonly Chained[] {
    let prev = events.last(stream)?.hash ?? null;
    return news.map((event, index) => {
      const { payload, ...header } = event;
      const text = canonicalJson(payload);
      const secret = { salt: parts.salt(), payload: text };
      const ofPayload = payloadHash(secret.salt, text);
      const numbered = { id: parts.ids(), stream, seq: after + index + 1, recordedAt, ...header };
      prev = eventHash(prev, numbered, ofPayload);
      const link: Link = { ...numbered, secret, payloadHash: ofPayload, hash: prev };
      events.insert(link);
      // Read back from the text: what is decided on from now on is what the disk has, not the caller's objects.
      return readStored(link, text);
    });
  }

  const transaction = db.transaction(
    (...[stream, expectedSeq, news, recordedAt]: Parameters<Append>): Appended => {
      if ((events.last(stream)?.seq ?? 0) !== expectedSeq) return { status: 'conflict', reason: 'seq' };
      if (stream === 'system') {
        const appended = write(stream, expectedSeq, news, recordedAt);
        putMessages(appended.flatMap(announceSystem), recordedAt);
        return { status: 'appended', events: appended, incident: null };
      }

      const before = folded.load(stream);
      const appended = write(stream, expectedSeq, news, recordedAt);
      const messages: OutboxMessage[] = [];
      let state: Incident | null = before;
      for (const event of appended) {
        const next = fold(state, event);
        messages.push(...announce(state, event, next));
        state = next;
      }
      if (state === null || state === before)
        return { status: 'appended', events: appended, incident: state };

      const open = state.status === 'resolved' ? null : incidents.openByCorrelationKey(state.correlationKey);
      if (open !== null && open !== stream) throw new OpenElsewhere();
      tables.upsert(queryRows(state, before));
      putMessages(messages, recordedAt);
      return { status: 'appended', events: appended, incident: state };
    },
  );

  return (...args) => {
    try {
      const appended = transaction.immediate(...args);
      if (appended.status === 'appended' && appended.incident !== null) folded.keep(appended.incident);
      return appended;
    } catch (error) {
      if (error instanceof OpenElsewhere) return { status: 'conflict', reason: 'open_elsewhere' };
      throw error;
    }
  };
}

/** Rolls the transaction back. */
class OpenElsewhere extends Error {}
