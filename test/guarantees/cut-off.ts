import { expect } from 'vitest';
import { canonicalJson, type Json } from '../../src/core/json.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { approves, type drills, prepares, proposes, type Verb } from './every-verb.ts';
import { faults, sent } from './hands.ts';

/** How often each request came to the API server; one that a disruption budget put off did not count. */
export function arrivals(night: Night): readonly number[] {
  const came = sent(night).filter(({ status }) => status !== 429);
  const key = ({ method, path, body }: (typeof came)[number]): string =>
    canonicalJson([method, path, (body ?? null) as Json]);
  return [...Map.groupBy(came, key).values()].map((same) => same.length);
}

export const count = (night: Night, type: string): number =>
  night.events.filter((event) => event.type === type).length;

export type Cut = 'reset_after_apply' | 'reset_before_apply';

/** Starts a night in which each verb's first write is cut off, and expects that none is sent again. */
export async function cutsEach(
  verbs: readonly Verb[],
  cut: Cut,
  { settings }: ReturnType<typeof drills>,
): Promise<Night> {
  const night = await startNight({ settings });
  const applied = cut === 'reset_after_apply';
  // Slack tells everything twice, too.
  night.slack.addFault({ delivery: '*', fault: 'duplicate', times: 10_000 });
  await prepares(night);
  for (const verb of verbs) {
    const plan = await proposes(night, verb);
    const [first] = plan.requests;
    const before = sent(night).length;
    await faults(night, { method: first?.method, path: `${first?.path}?`, [cut]: true });
    await approves(night, plan);
    const { payload } = await night.sees('execution.finished');
    expect(payload, verb).toMatchObject({ outcome: applied ? 'succeeded' : 'failed' });
    const [cutOff, ...rest] = sent(night).slice(before);
    expect(cutOff, verb).toMatchObject({ status: 0, applied });
    const taken = rest.filter(({ status }) => status === 200 || status === 201);
    expect(taken, verb).toHaveLength(applied ? plan.requests.length - 1 : 0);
  }
  expect(new Set(arrivals(night))).toEqual(new Set([1]));
  expect(count(night, 'execution.started')).toBe(verbs.length);
  return night;
}
