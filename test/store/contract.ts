import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMemory } from '../../src/core/alert.ts';
import type { NewEvent } from '../../src/core/events.ts';
import { incidentId, planId } from '../../src/core/ids.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import type { OutboxMessage } from '../../src/core/outbox.ts';
import type { Delivery } from '../../src/core/ports/inbox.ts';
import type { Mode, Store } from '../../src/store/store.ts';
import { ADA, at, cleared, event, fired, healed, INC, opened, rollback, T0 } from './events.ts';

/** A fresh database that several connections can open, and that is gone afterwards. */
export type Place = { open(mode?: Mode): Promise<Store>; remove(): Promise<void> };

const OTHER = incidentId(2026, 2);

/** What every storage engine keeps to. */
export function storeContract(engine: string, newPlace: () => Promise<Place>): void {
  describe(`a store on ${engine}`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await newPlace();
      store = await place.open('own');
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    async function append(
      id: Parameters<Store['ledger']['append']>[0],
      events: readonly NewEvent[],
      on = store,
    ) {
      const appended = await on.ledger.append(id, await on.ledger.lastSeq(id), events, T0);
      if (appended.status === 'conflict') throw new Error(`conflict: ${appended.reason}`);
      return appended;
    }

    describe('its ledger', () => {
      it('numbers events from 1, without gaps, and gives them back as they were appended', async () => {
        await append(INC, [opened(), fired('f1')]);
        await append(INC, [cleared('f1', at(5))]);
        const events = await store.ledger.events(INC);
        expect(events.map(({ seq, type, occurredAt }) => [seq, type, occurredAt])).toEqual([
          [1, 'incident.opened', T0],
          [2, 'alert.fired', T0],
          [3, 'alert.resolved', at(5)],
        ]);
        expect(events[2]).toMatchObject({
          stream: INC,
          v: 1,
          recordedAt: T0,
          actor: { kind: 'firstmate' },
          cause: null,
          payload: { source: 'main', fingerprint: 'f1', endsAt: at(5) },
        });
        expect(await store.ledger.lastSeq(INC)).toBe(3);
        expect(await store.ledger.lastSeq(OTHER)).toBe(0);
      });

      it('gives every event an id of its own and a hash', async () => {
        const { events } = await append(INC, [...healed()]);
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        for (const { hash } of await store.ledger.events(INC)) expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
      });

      it('loads the fold of the events, also after it was opened anew', async () => {
        const { events, incident } = await append(INC, healed());
        const folded = events.reduce<Incident | null>((state, next) => fold(state, next), null);
        expect(incident).toEqual(folded);
        expect(await store.ledger.load(INC)).toEqual(folded);
        await store.close();
        store = await place.open('own');
        expect(await store.ledger.load(INC)).toEqual(folded);
        expect(await store.ledger.load(OTHER)).toBeNull();
      });

      it('is not changed by what the caller does to its events afterwards', async () => {
        const labels: { [name: string]: string } = { alertname: 'A' };
        await append(INC, [opened(), fired('f1', T0, { labels })]);
        labels.alertname = 'B';
        expect((await store.ledger.load(INC))?.alerts['main/f1']?.labels.alertname).toBe('A');
      });

      it('refuses a stale sequence number and keeps nothing of that append', async () => {
        await append(INC, [opened()]);
        const late = await store.ledger.append(INC, 0, [opened()], T0);
        expect(late).toEqual({ status: 'conflict', reason: 'seq' });
        const ahead = await store.ledger.append(INC, 2, [fired('f1')], T0);
        expect(ahead).toEqual({ status: 'conflict', reason: 'seq' });
        expect(await store.ledger.events(INC)).toHaveLength(1);
      });

      it('keeps nothing of an append that does not follow from what is there', async () => {
        await append(INC, [opened()]);
        const lanes = await store.outbox.lanes();
        await expect(store.ledger.append(INC, 1, [fired('f1'), opened()], T0)).rejects.toThrow(
          'opened twice',
        );
        expect(await store.ledger.lastSeq(INC)).toBe(1);
        expect((await store.ledger.load(INC))?.alerts).toEqual({});
        expect(await store.outbox.lanes()).toEqual(lanes);
      });

      it('holds one open incident per correlation key, also when an old one opens again', async () => {
        await append(INC, [opened(INC, { correlationKey: 'k' })]);
        const second = [opened(OTHER, { correlationKey: 'k' })];
        const conflict = { status: 'conflict', reason: 'open_elsewhere' };
        expect(await store.ledger.append(OTHER, 0, second, T0)).toEqual(conflict);
        expect(await store.ledger.lastSeq(OTHER)).toBe(0);

        await append(INC, [event('incident.resolved', { because: 'over' })]);
        expect(await store.ledger.openByCorrelationKey('k')).toBeNull();
        await append(OTHER, second);
        expect(await store.ledger.openByCorrelationKey('k')).toBe(OTHER);
        const again = [event('incident.reopened', { because: 'back' })];
        expect(await store.ledger.append(INC, 2, again, T0)).toEqual(conflict);
        expect((await store.ledger.load(INC))?.status).toBe('resolved');
      });

      it('sees at once what another connection appended', async () => {
        await append(INC, [opened(), fired('f1')]);
        await store.ledger.load(INC);
        const beside = await place.open('read');
        try {
          await append(
            INC,
            [event('note.added', { text: 'hi', by: 'ada', ref: null }, { actor: ADA })],
            beside,
          );
        } finally {
          await beside.close();
        }
        expect((await store.ledger.load(INC))?.notes).toHaveLength(1);
        const late = await store.ledger.append(INC, 2, [cleared('f1')], T0);
        expect(late).toEqual({ status: 'conflict', reason: 'seq' });
        await append(INC, [cleared('f1', at(3))]);
        expect((await store.ledger.load(INC))?.clearSince).toBe(at(3));
      });

      it('knows which incidents still need something', async () => {
        await append(INC, [opened()]);
        await append(OTHER, [opened(OTHER)]);
        expect(await store.ledger.unfinished()).toEqual([INC, OTHER]);
        await append(INC, [event('incident.resolved', { because: 'over' })]);
        expect(await store.ledger.unfinished()).toEqual([INC, OTHER]);
        await append(INC, [event('review.published', { markdown: '#' })]);
        expect(await store.ledger.unfinished()).toEqual([OTHER]);
      });

      it('knows what is due by time', async () => {
        await append(INC, [opened()]);
        expect(await store.ledger.due('2026-03-01T02:00:02.999Z')).toEqual([]);
        expect(await store.ledger.due('2026-03-01T02:00:03Z')).toEqual([INC]);
        await append(INC, [event('incident.resolved', { because: 'over' })]);
        expect(await store.ledger.due('2027-01-01T00:00:00.000Z')).toEqual([]);
      });

      it('finds incidents by alert, newest first, by plan and by channel', async () => {
        await append(INC, healed());
        await append(OTHER, [opened(OTHER), fired('f1'), fired('f2')]);
        expect(await store.ledger.incidentOfPlan(rollback().id)).toBe(INC);
        expect(await store.ledger.incidentOfPlan(planId('nobody'))).toBeNull();
        expect(await store.ledger.incidentOfChannel('T1', `C-${INC}`)).toBe(INC);
        expect(await store.ledger.incidentOfChannel('T2', `C-${INC}`)).toBeNull();
      });

      it('numbers incidents by year', async () => {
        expect(await store.ledger.nextNumber(2026)).toBe(1);
        await append(INC, [opened()]);
        await append(incidentId(2026, 1_000), [opened(incidentId(2026, 1_000))]);
        expect(await store.ledger.nextNumber(2026)).toBe(1_001);
        expect(await store.ledger.nextNumber(2027)).toBe(1);
      });

      it('counts the changes begun since a time, of one service in one cluster, however they ended', async () => {
        const begun = (incident: typeof INC, seconds: number): NewEvent[] => {
          const plan = rollback(incident);
          return [
            event('plan.proposed', { plan }),
            event('execution.started', { plan: plan.id, hash: plan.hash }, { at: at(seconds) }),
          ];
        };
        const elsewhere = incidentId(2026, 3);
        await append(INC, [opened(), ...begun(INC, 10)]);
        await append(OTHER, [opened(OTHER), ...begun(OTHER, 20)]);
        await append(elsewhere, [opened(elsewhere, { service: 'orders' }), ...begun(elsewhere, 20)]);
        const about = { service: 'checkout', cluster: 'prod-eu' };
        const since = async (seconds: number, changes = {}) =>
          store.ledger.changesSince({ ...about, since: at(seconds), ...changes });
        expect([await since(0), await since(10), await since(20)]).toEqual([2, 1, 0]);
        expect(await since(0, { cluster: 'prod-us' })).toBe(0);
        expect(await since(0, { service: 'orders' })).toBe(1);
      });

      it('remembers a pause until it is lifted, whoever said it', async () => {
        expect(await store.ledger.paused()).toBeNull();
        const beside = await place.open('read');
        try {
          await append('system', [event('writes.paused', { reason: 'audit' }, { at: at(9) })], beside);
        } finally {
          await beside.close();
        }
        await append('system', [
          event('request.refused', { cluster: 'c', method: 'GET', path: '/', says: 'no' }),
        ]);
        expect(await store.ledger.paused()).toEqual({ reason: 'audit', since: at(9) });
        await append('system', [event('writes.resumed', { reason: 'done' })]);
        expect(await store.ledger.paused()).toBeNull();
      });

      it('tells everyone of a pause and of its end, in the same append', async () => {
        const { events } = await append('system', [
          event('request.refused', { cluster: 'c', method: 'GET', path: '/', says: 'no' }),
          event('writes.paused', { reason: 'audit' }, { actor: ADA }),
        ]);
        const lanes = await store.outbox.lanes();
        expect(lanes).toEqual(['notices']);
        expect(await store.outbox.head('notices')).toMatchObject({
          key: `notice:${events[1]?.id}`,
          incident: null,
          intent: { kind: 'notice', text: 'Writes paused by ada: audit' },
        });
      });

      it('lists incidents, newest first', async () => {
        await append(INC, healed());
        await append(OTHER, [opened(OTHER)]);
        expect((await store.incidents({ all: true })).map(({ id }) => id)).toEqual([OTHER, INC]);
        expect(await store.incidents({ all: false })).toEqual([
          {
            id: OTHER,
            status: 'open',
            severity: 'SEV2',
            title: 'Rollout of checkout is stuck',
            cluster: 'prod-eu',
            service: 'checkout',
            openedAt: T0,
            resolvedAt: null,
          },
        ]);
      });
    });

    describe('its inbox', () => {
      const NOTHING = { alerts: [], groups: [] };
      const delivery = (id: string): Delivery => ({
        id,
        source: 'main',
        kind: 'alertmanager',
        receivedAt: T0,
        body: `{"id":"${id}"}`,
      });

      it('gives deliveries in the order in which they came, until they are done', async () => {
        for (const id of ['c', 'a', 'b']) await store.inbox.put(delivery(id));
        expect(await store.inbox.pending(2)).toEqual([delivery('c'), delivery('a')]);
        await store.inbox.done(
          [
            { id: 'c', fault: null },
            { id: 'a', fault: 'not JSON' },
          ],
          NOTHING,
          T0,
        );
        expect(await store.inbox.pending(9)).toEqual([delivery('b')]);
      });

      it('still has them when it is opened anew', async () => {
        await store.inbox.put(delivery('a'));
        await store.close();
        store = await place.open('own');
        expect(await store.inbox.pending(9)).toEqual([delivery('a')]);
      });

      it('takes the same delivery once, and does not mind hearing twice that it is done', async () => {
        await store.inbox.put(delivery('a'));
        await store.inbox.put(delivery('a'));
        expect(await store.inbox.pending(9)).toHaveLength(1);
        await store.inbox.done([{ id: 'a', fault: null }], NOTHING, T0);
        await store.inbox.done([{ id: 'a', fault: null }], NOTHING, T0);
        await store.inbox.put(delivery('a'));
        expect(await store.inbox.pending(9)).toEqual([]);
      });
    });

    describe('what it remembers of alerts', () => {
      const memory = (fingerprint: string, changes: Partial<AlertMemory> = {}): AlertMemory => ({
        source: 'main',
        fingerprint,
        lastStart: T0,
        lastEnd: null,
        lastSeen: T0,
        name: 'KubePodCrashLooping',
        severity: 'SEV2',
        problem: 'p',
        link: null,
        incident: INC,
        ...changes,
      });
      const keep = (...alerts: AlertMemory[]) => store.inbox.done([], { alerts, groups: [] }, T0);

      it('is kept with the deliveries that told it, and found again', async () => {
        expect(await store.alerts.memory('main', 'f')).toBeNull();
        const group = { source: 'main', groupKey: 'g', hidden: 2, asOf: T0 };
        await store.inbox.done([], { alerts: [memory('f')], groups: [group] }, T0);
        await store.close();
        store = await place.open('own');
        expect(await store.alerts.memory('main', 'f')).toEqual(memory('f'));
        expect(await store.alerts.memory('other', 'f')).toBeNull();
        expect(await store.alerts.group('main', 'g')).toEqual(group);
      });

      it('tells how many firing alerts of an unresolved incident were not told for a while', async () => {
        await append(INC, [opened(INC)]);
        await keep(
          memory('a'),
          memory('b', { lastSeen: at(60) }),
          memory('over', { lastEnd: at(30) }),
          memory('stored only', { incident: null }),
        );
        expect(await store.alerts.unreported('main', at(3_600))).toEqual([
          { incident: INC, count: 2, since: T0 },
        ]);
        expect(await store.alerts.unreported('main', at(60))).toEqual([
          { incident: INC, count: 1, since: T0 },
        ]);
        expect(await store.alerts.unreported('main', T0)).toEqual([]);
      });

      it('counts the alerts of an incident, with the first, the last and the worst that fires', async () => {
        expect(await store.alerts.tally(INC)).toBeNull();
        await keep(
          memory('a', { name: 'First', severity: 'SEV3' }),
          memory('b', { name: 'Worst', severity: 'SEV1', lastStart: at(1), problem: 'q' }),
          memory('c', { name: 'Last', severity: 'SEV3', lastStart: at(2) }),
          memory('d', { name: 'Over', severity: 'SEV1', lastStart: at(1), lastEnd: at(2) }),
        );
        expect(await store.alerts.tally(INC)).toEqual({
          firing: 3,
          total: 4,
          problems: 2,
          first: 'First',
          last: 'Last',
          worst: 'Worst',
        });
      });

      it('moves to another incident, all of it or one problem', async () => {
        await append(INC, [opened(INC)]);
        await append(OTHER, [opened(OTHER)]);
        await keep(memory('a'), memory('b', { problem: 'q' }));
        await store.alerts.move(INC, OTHER, 'q');
        expect(await store.alerts.incidentOfProblem('q')).toBe(OTHER);
        expect(await store.alerts.incidentOfProblem('p')).toBe(INC);
        await store.alerts.move(INC, OTHER, null);
        expect(await store.alerts.incidentOfProblem('p')).toBe(OTHER);
        expect(await store.alerts.tally(INC)).toBeNull();
      });

      it('finds what another sender tells too, and the Watchdogs of a sender', async () => {
        await append(INC, [opened(INC)]);
        const watchdog = memory('w', { name: 'Watchdog', incident: null, problem: null, severity: null });
        await keep(memory('a', { link: 'k' }), memory('b', { link: 'k', lastEnd: at(9) }), watchdog);
        expect(await store.alerts.linked('k')).toEqual([{ incident: INC, source: 'main', problem: 'p' }]);
        expect(await store.alerts.linked('other')).toEqual([]);
        expect(await store.alerts.watchdogs('main')).toEqual([watchdog]);
        expect(await store.alerts.watchdogs('other')).toEqual([]);
      });
    });

    describe('its outbox', () => {
      const notice = (key: string, lane = 'notices'): OutboxMessage => ({
        key,
        lane,
        incident: null,
        intent: { kind: 'notice', text: key },
      });
      const refresh = (key: string, post: string): OutboxMessage => ({
        key,
        lane: 'notices',
        incident: null,
        intent: { kind: 'refresh', view: 'header', plan: null, post },
      });
      const sentAt = { channel: 'C1', ts: '1.2', sentAt: T0 };

      it('gets what an event makes people hear, in the same append', async () => {
        await append(INC, [opened()]);
        expect(await store.outbox.lanes()).toEqual([INC]);
        expect(await store.outbox.head(INC)).toEqual({
          key: `channel:${INC}`,
          lane: INC,
          incident: INC,
          intent: { kind: 'open_channel' },
          state: 'pending',
          attempts: 0,
          notBefore: null,
        });
      });

      it('sends a lane in order: the next comes when the first is sent or dropped', async () => {
        await store.outbox.put([notice('a'), notice('b'), notice('c'), notice('x', 'other')], T0);
        expect(await store.outbox.lanes()).toEqual(['notices', 'other']);
        await store.outbox.claim('a', T0);
        expect(await store.outbox.head('notices')).toMatchObject({ key: 'a', state: 'sending', attempts: 1 });
        await store.outbox.sent('a', sentAt, T0);
        await store.outbox.dropped('b', 'channel_not_found', T0);
        expect(await store.outbox.head('notices')).toMatchObject({ key: 'c', state: 'pending' });
        await store.outbox.claim('c', T0);
        await store.outbox.sent('c', sentAt, T0);
        expect(await store.outbox.lanes()).toEqual(['other']);
        expect(await store.outbox.head('notices')).toBeNull();
      });

      it('goes back to pending with a time, and counts the attempts', async () => {
        await store.outbox.put([notice('a')], T0);
        await store.outbox.claim('a', T0);
        await store.outbox.retryAt('a', at(30));
        expect(await store.outbox.head('notices')).toMatchObject({
          state: 'pending',
          attempts: 1,
          notBefore: at(30),
        });
        await store.outbox.claim('a', at(30));
        expect(await store.outbox.head('notices')).toMatchObject({ attempts: 2, notBefore: null });
      });

      it('still knows after a crash what was being sent', async () => {
        await store.outbox.put([notice('a')], T0);
        await store.outbox.claim('a', T0);
        await store.close();
        store = await place.open('own');
        expect(await store.outbox.head('notices')).toMatchObject({ key: 'a', state: 'sending' });
      });

      it('says where a sent post is, and nothing of one that is not sent', async () => {
        await store.outbox.put([notice('a')], T0);
        await store.outbox.claim('a', T0);
        expect(await store.outbox.result('a')).toBeNull();
        await store.outbox.sent('a', sentAt, T0);
        expect(await store.outbox.result('a')).toEqual(sentAt);
      });

      it('puts a key once, for ever', async () => {
        await store.outbox.put([notice('a')], T0);
        await store.outbox.claim('a', T0);
        await store.outbox.sent('a', sentAt, T0);
        await store.outbox.put([notice('a')], T0);
        expect(await store.outbox.lanes()).toEqual([]);
      });

      it('does not move a message that has ended or that nobody knows', async () => {
        await store.outbox.put([notice('a')], T0);
        await store.outbox.sent('a', sentAt, T0);
        await expect(store.outbox.claim('a', T0)).rejects.toThrow('has ended');
        await expect(store.outbox.dropped('b', 'x', T0)).rejects.toThrow('unknown');
      });

      it('knows when a later refresh of the same post makes one needless', async () => {
        await store.outbox.put([refresh('r1', 'header'), refresh('r2', 'line'), refresh('r3', 'header')], T0);
        const first = await store.outbox.head('notices');
        expect(first !== null && (await store.outbox.superseded(first))).toBe(true);
        await store.outbox.dropped('r1', 'superseded', T0);
        const second = await store.outbox.head('notices');
        expect(second !== null && (await store.outbox.superseded(second))).toBe(false);
        await store.outbox.dropped('r2', '', T0);
        const last = await store.outbox.head('notices');
        expect(last !== null && (await store.outbox.superseded(last))).toBe(false);
      });

      it('never counts a post as needless', async () => {
        const post: OutboxMessage = {
          ...notice('header'),
          intent: { kind: 'post', view: 'header', plan: null },
        };
        await store.outbox.put([post, refresh('r1', 'header')], T0);
        const row = await store.outbox.head('notices');
        expect(row !== null && (await store.outbox.superseded(row))).toBe(false);
      });
    });

    describe('its checkpoints', () => {
      it('chain the heads of what changed, and write nothing when nothing did', async () => {
        expect(await store.checkpoint(T0)).toBeNull();
        await append(INC, healed());
        await append(OTHER, [opened(OTHER)]);
        const first = await store.checkpoint(at(1));
        expect(first?.heads.map(({ stream, seq }) => [stream, seq])).toEqual([
          [INC, healed().length],
          [OTHER, 1],
        ]);
        expect(await store.checkpoint(at(2))).toEqual(first);
        await append(OTHER, [fired('f9')]);
        const second = await store.checkpoint(at(3));
        expect(second).toMatchObject({ n: 2, prev: first?.hash, heads: [{ stream: OTHER, seq: 2 }] });
        expect(await store.lastCheckpoint()).toEqual(second);
      });

      it('verify finds nothing to object to in an ordinary life', async () => {
        await append(INC, healed().slice(0, 12));
        const first = await store.checkpoint(at(1));
        await append(INC, healed().slice(12));
        await append('system', [event('writes.paused', { reason: 'audit' })]);
        await append(OTHER, [opened(OTHER)]);
        expect(await store.verify(first?.hash ?? null)).toEqual({
          fault: null,
          streams: 3,
          events: healed().length + 2,
          erased: 0,
          erasedFrom: [],
          checkpoints: 1,
          uncovered: healed().length - 12 + 2,
        });
      });
    });
  });
}
