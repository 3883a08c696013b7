import { afterEach, describe, expect, it } from 'vitest';
import { type Harbour, startHarbour } from '../crash/harbour.ts';
import { expectOneOfEach, LIMIT_MS, runToReview, STORY, story } from '../crash/story.ts';

let harbour: Harbour;
afterEach(() => harbour.end());

describe('the bot, killed at each event of an incident and started again', () => {
  it(
    'ends in the same timeline, writes at most once a plan and posts nothing twice',
    async () => {
      harbour = await startHarbour();
      const plain = story(await runToReview(harbour));
      expect(plain.filter((type) => STORY.includes(type))).toEqual(STORY);
      await harbour.end();

      harbour = await startHarbour();
      const killedAt: number[] = [];
      const events = await runToReview(harbour, (seen) => {
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
      await expectOneOfEach(harbour);
    },
    LIMIT_MS * 2 + 20_000,
  );
});
