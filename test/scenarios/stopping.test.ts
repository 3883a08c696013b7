import { afterEach, describe, expect, it } from 'vitest';
import { clicks, faults, reached, sent, untilTheCard } from '../guarantees/hands.ts';
import { joins, moves } from '../guarantees/workspace.ts';
import { type Night, startNight } from './night.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';

let night: Night;
afterEach(() => night.end());

const statuses = async () => (await night.incident()).plans.map(({ status }) => status);

/** The next time that Slack is asked who somebody is, it takes its time. Gives when it has been asked. */
async function slowToSay(ms: number): Promise<() => Promise<void>> {
  await moves(night, 'faults', { method: 'users.info', slow: ms });
  return async () => {
    while (night.slack.faults().length > 0) await new Promise((resolve) => setImmediate(resolve));
  };
}

/** Approved, and the look at the cluster before the claim is under way. */
async function untilTheLastLook(): Promise<void> {
  await untilTheCard(night);
  const from = night.cluster.requests.length;
  await faults(night, { method: 'GET', path: CHECKOUT, slow: 300 });
  await clicks(night, 'ada', 'approve_plan');
  await night.sees('plan.approved');
  await reached(night, ({ path }) => path.includes(CHECKOUT), from);
}

describe('firstmate is told to stop', () => {
  it('between approval and claim: nothing is claimed while the last clicks are answered, and the next start goes on', async () => {
    night = await startNight();
    await untilTheLastLook();
    await joins(night, 'ben');
    // Ben's click is answered long after the look at the cluster: waiting for it must not let a claim through.
    const asked = await slowToSay(1_200);
    await clicks(night, 'ben', 'take_lead');
    await asked();
    await night.stops();
    expect(typesOnDisk()).not.toContain('execution.started');
    expect(sent(night)).toEqual([]);

    await night.starts();
    await night.sees('execution.finished');
    expect(await statuses()).toEqual(['succeeded']);
    expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
  });

  it('while Slack is asked once more who approved: the answer comes too late for a claim', async () => {
    night = await startNight();
    await untilTheLastLook();
    const asked = await slowToSay(500);
    await asked();
    await night.stops();
    expect(typesOnDisk()).not.toContain('execution.started');
    expect(sent(night)).toEqual([]);

    await night.starts();
    await night.sees('execution.finished');
    expect(sent(night)).toHaveLength(1);
  });

  it('while a click is looked into: what was acknowledged is on disk when it has stopped', async () => {
    night = await startNight();
    await untilTheCard(night);
    const asked = await slowToSay(2_000);
    // Resolves with the acknowledgement: Slack does not send it again.
    await clicks(night, 'ada', 'approve_plan');
    await asked();
    await night.stops();
    expect(typesOnDisk()).toContain('vote.cast');

    await night.starts();
    await night.sees('execution.finished');
    expect(await statuses()).toEqual(['succeeded']);
    expect(sent(night)).toHaveLength(1);
  });
});

/** What happened, by the events that were told once they were on disk. */
function typesOnDisk(): readonly string[] {
  return night.events.map(({ type }) => type);
}
