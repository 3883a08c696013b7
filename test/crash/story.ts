import { expect } from 'vitest';
import type { TimelineEvent } from '../../src/core/events.ts';
import type { Harbour } from './harbour.ts';

/** Real processes and real time. */
export const LIMIT_MS = 300_000;

/** Runs one incident to its review, starting the bot again whenever it was killed. */
export async function runToReview(
  harbour: Harbour,
  killNext: (seen: readonly TimelineEvent[]) => number | undefined = () => undefined,
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

/** The types of a timeline. The order in which steps that run side by side end is nobody's promise. */
export function story(events: readonly TimelineEvent[]): readonly string[] {
  const types = events.map((event) => event.type);
  const first = types.indexOf('step.started');
  const last = types.findLastIndex((type) => type.startsWith('step.') || type === 'finding.raised');
  return [...types.slice(0, first), ...types.slice(first, last + 1).sort(), ...types.slice(last + 1)];
}

export const STORY = [
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

/** Nothing was posted twice, one channel was opened, and the chain holds. */
export async function expectOneOfEach(harbour: Harbour): Promise<void> {
  const keys = await harbour.postKeys();
  expect(keys.length).toBeGreaterThan(3);
  expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
  expect(await harbour.incidentChannels()).toHaveLength(1);
  expect(await harbour.verify()).toBeNull();
}
