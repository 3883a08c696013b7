import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from '../scenarios/night.ts';
import { arrivals, type Cut, count, cutsEach } from './cut-off.ts';
import { drills } from './every-verb.ts';
import { clicks, replays, untilTheCard } from './hands.ts';

// That it holds when the process is killed at every append is shown in test/e2e/killed.test.ts; every verb of the registry, cut off
// on both sides, stands in test/e2e: one of each form of request is enough here.

let night: Night | undefined;
afterEach(() => night?.end());

describe('3. at most once: a connection that is cut, with Slack telling everything twice', () => {
  it.each<Cut>(['reset_after_apply', 'reset_before_apply'])(
    '%s: what became of a patch, a deletion and evictions is read back, and none is sent again',
    async (cut) => {
      const drill = drills();
      night = await cutsEach(['label', 'delete pod', 'drain'], cut, drill);
      rmSync(drill.folder, { recursive: true, force: true });
    },
    40_000,
  );
});

describe('3. at most once: every payload of Slack comes again', () => {
  it('at once, later, and to a process that never saw it: nothing is written a second time', async () => {
    night = await startNight();
    await untilTheCard(night);
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('execution.finished');
    await night.settled();
    expect(await replays(night)).toBeGreaterThan(0);
    await night.settled();
    expect([count(night, 'vote.cast'), count(night, 'execution.started'), arrivals(night)]).toEqual([
      1,
      1,
      [1],
    ]);

    await night.starts();
    await clicks(night, 'ada', 'undo_plan');
    await night.sees('plan.shown');
    await night.settled();
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('execution.finished');
    await night.settled();
    const votes = count(night, 'vote.cast');
    // A process that just started remembers no delivery: what decides now is what is on disk.
    await night.starts();
    const again = await replays(night);
    expect(again).toBeGreaterThan(2);
    await night.settled();
    expect([count(night, 'vote.cast'), count(night, 'execution.started'), arrivals(night)]).toEqual([
      votes,
      2,
      [1, 1],
    ]);
    const { plans } = await night.incident();
    expect(plans.filter(({ status }) => status === 'succeeded')).toHaveLength(2);
  });

  it('a click that nobody acknowledged before the process ended comes to the next one, and counts once', async () => {
    let stops = false;
    night = await startNight({
      onEvents: (events) => {
        if (!events.some(({ type }) => type === 'plan.approved') || stops) return;
        stops = true;
        void night?.stops();
      },
    });
    await untilTheCard(night);
    night.slack.addFault({ delivery: 'interactive', fault: 'reset_after_apply' });
    const clicked = clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.approved');
    await night.starts();
    await clicked;
    await night.settled();
    expect([count(night, 'vote.cast'), count(night, 'execution.started'), arrivals(night)]).toEqual([
      1,
      1,
      [1],
    ]);
  });
});
