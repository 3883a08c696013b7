import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, type Harbour, startHarbour } from '../crash/harbour.ts';
import { expectOneOfEach, LIMIT_MS, runToReview, STORY, story } from '../crash/story.ts';

let harbour: Harbour;
afterEach(() => harbour.end());

describe('connections that break', () => {
  // Only the write: a rehearsal has dryRun in the query.
  const write = { side: 'cluster', method: 'PATCH', path: 'checkout?fieldManager', times: 1 } as const;

  it(
    'after the cluster took a change are settled by reading it back',
    async () => {
      harbour = await startHarbour();
      await harbour.fault({ ...write, reset_after_apply: true });
      const events = await runToReview(harbour);
      expect(story(events).filter((type) => STORY.includes(type))).toEqual(STORY);
      expect(await harbour.writes()).toHaveLength(1);
      await expectOneOfEach(harbour);
    },
    LIMIT_MS,
  );

  it(
    'before the cluster took a change end that plan, and a person may ask for a new one',
    async () => {
      harbour = await startHarbour();
      await harbour.fault({ ...write, reset_before_apply: true });
      const events = await runToReview(harbour);
      const ends = events.filter((event) => event.type === 'execution.finished');
      expect(ends.map((event) => event.payload.outcome)).toEqual(['failed', 'succeeded']);
      const plans = events
        .filter((event) => event.type === 'write.started')
        .map((event) => event.payload.plan);
      expect(new Set(plans).size).toBe(2);
      expect((await harbour.writes()).filter((one) => one.status === 200)).toHaveLength(1);
      await expectOneOfEach(harbour);
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
      const events = await runToReview(harbour);
      expect(story(events).filter((type) => STORY.includes(type))).toEqual(STORY);
      expect(await harbour.writes()).toHaveLength(1);
      await expectOneOfEach(harbour);
    },
    LIMIT_MS,
  );
});
