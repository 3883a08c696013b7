import { afterEach, describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/core/events.ts';
import { type Fault, type Harbour, startHarbour } from './harbour.ts';

/** Real processes and real time: the bot is killed and started again, the playground lives on. */
const LIMIT_MS = 150_000;

let harbour: Harbour;
afterEach(() => harbour.end());

/** Runs one incident to its review, starting the bot again whenever it was killed. */
async function runToReview(
  killNext: (seen: readonly TimelineEvent[]) => number | undefined,
): Promise<readonly TimelineEvent[]> {
  await harbour.breakRelease();
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const events = await harbour.events();
    if (events.some((event) => event.type === 'review.published') && harbour.alive) return events;
    if (Date.now() > until) {
      const types = events.map((event) => event.type).join(', ');
      throw new Error(`not reviewed in time; there were: ${types}\n${harbour.log().slice(-3000)}`);
    }
    if (!harbour.alive) harbour.start(killNext(events));
    await harbour.look(events.some((event) => event.type === 'validation.passed'));
  }
}

/** The order in which steps that run side by side end is nobody's promise. */
function story(events: readonly TimelineEvent[]): readonly string[] {
  const types = events.map((event) => event.type);
  const first = types.indexOf('step.started');
  const last = types.findLastIndex((type) => type.startsWith('step.') || type === 'finding.raised');
  return [...types.slice(0, first), ...types.slice(first, last + 1).sort(), ...types.slice(last + 1)];
}

const STORY = [
  'incident.opened',
  'alert.fired',
  'channel.opened',
  'runbook.matched',
  'plan.proposed',
  'plan.shown',
  'vote.cast',
  'plan.approved',
  'execution.started',
  'write.started',
  'write.finished',
  'execution.finished',
  'validation.passed',
  'alert.resolved',
  'status.changed',
  'incident.resolved',
  'review.published',
];

async function expectOneOfEach(): Promise<void> {
  const keys = await harbour.postKeys();
  expect(keys.length).toBeGreaterThan(3);
  expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
  expect(await harbour.incidentChannels()).toHaveLength(1);
  expect(await harbour.verify()).toBeNull();
}

describe('the bot, killed at each event of an incident and started again', () => {
  it(
    'ends in the same timeline, writes at most once a plan and posts nothing twice',
    async () => {
      harbour = await startHarbour();
      const plain = story(await runToReview(() => undefined));
      expect(plain.filter((type) => STORY.includes(type))).toEqual(STORY);
      await harbour.end();

      harbour = await startHarbour();
      const killedAt: number[] = [];
      const events = await runToReview((seen) => {
        // A request that was cut off once is let through the second time; else the night would never end.
        const cutOff = seen.some((event) => event.type === 'write.started');
        const next = seen.length + (cutOff && seen.at(-1)?.type === 'execution.started' ? 2 : 1);
        killedAt.push(next);
        return next;
      });
      expect(killedAt.length).toBeGreaterThan(20);

      // Between write.started and its end only the cluster knows: the request had not left, so it never arrives.
      const cut = events.find((event) => event.type === 'write.finished');
      expect(cut).toMatchObject({ payload: { outcome: 'not_sent' } });
      const plans = events
        .filter((event) => event.type === 'plan.proposed')
        .map((event) => event.payload.plan.id);
      expect(plans).toHaveLength(2);
      const writes = await harbour.writes();
      expect(writes.filter(({ status }) => status === 200)).toHaveLength(1);
      const told = story(events);
      const again = told.indexOf('execution.finished') + 1;
      const second = told.indexOf('plan.proposed', again);
      // Without the attempt that was cut off, the night is the same.
      expect([...told.slice(0, told.indexOf('plan.proposed')), ...told.slice(second)]).toEqual(plain);
      await expectOneOfEach();
    },
    LIMIT_MS * 2 + 20_000,
  );
});

describe('connections that break', () => {
  // Only the write: a rehearsal has dryRun in the query.
  const write = { side: 'cluster', method: 'PATCH', path: 'checkout?fieldManager', times: 1 } as const;

  it(
    'after the cluster took a change are settled by reading it back',
    async () => {
      harbour = await startHarbour();
      await harbour.fault({ ...write, reset_after_apply: true });
      const events = await runToReview(() => undefined);
      expect(story(events).filter((type) => STORY.includes(type))).toEqual(STORY);
      expect(await harbour.writes()).toHaveLength(1);
      await expectOneOfEach();
    },
    LIMIT_MS,
  );

  it(
    'before the cluster took a change end that plan, and a person may ask for a new one',
    async () => {
      harbour = await startHarbour();
      await harbour.fault({ ...write, reset_before_apply: true });
      const events = await runToReview(() => undefined);
      const ends = events.filter((event) => event.type === 'execution.finished');
      expect(ends.map((event) => event.payload.outcome)).toEqual(['failed', 'succeeded']);
      const plans = events
        .filter((event) => event.type === 'write.started')
        .map((event) => event.payload.plan);
      expect(new Set(plans).size).toBe(2);
      expect((await harbour.writes()).filter((one) => one.status === 200)).toHaveLength(1);
      await expectOneOfEach();
    },
    LIMIT_MS,
  );

  it.each<[string, readonly Fault[]]>([
    [
      'before the other side took it',
      [
        { side: 'slack', method: 'conversations.create', reset_before_apply: true, times: 1 },
        { side: 'slack', method: 'chat.postMessage', reset_before_apply: true, times: 2 },
        { side: 'slack', method: 'chat.update', reset_before_apply: true, times: 2 },
        { side: 'cluster', method: 'GET', reset_before_apply: true, times: 2 },
      ],
    ],
    [
      'after the other side took it',
      [
        { side: 'slack', method: 'conversations.create', reset_after_apply: true, times: 1 },
        { side: 'slack', method: 'chat.postMessage', reset_after_apply: true, times: 3 },
        { side: 'slack', method: 'chat.update', reset_after_apply: true, times: 2 },
        { side: 'cluster', method: 'GET', reset_after_apply: true, times: 2 },
      ],
    ],
  ])(
    '%s lose nothing and double nothing',
    async (_when, faults) => {
      harbour = await startHarbour();
      for (const fault of faults) await harbour.fault(fault);
      const events = await runToReview(() => undefined);
      expect(story(events).filter((type) => STORY.includes(type))).toEqual(STORY);
      expect(await harbour.writes()).toHaveLength(1);
      await expectOneOfEach();
    },
    LIMIT_MS,
  );
});
