import { describe, expect, it } from 'vitest';
import { announce } from '../../src/core/announce.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import type { JoinedProblem } from '../../src/core/problem.ts';
import { Story } from '../make.ts';

function problem(key: string, owner: string | null, changes: Partial<JoinedProblem> = {}): JoinedProblem {
  return {
    key,
    rank: 'workload',
    title: `KubePodNotReady shop/${key}`,
    service: null,
    owner,
    namespace: 'shop',
    workload: key,
    severity: 'SEV2',
    by: 'cause',
    because: 'its pod is on node node-c: it is not ready',
    ...changes,
  };
}

/** The teams that are asked to come because of each event, in order; the incident's own is `sre`. */
function asked({ events }: Story): readonly string[] {
  let before: Incident | null = null;
  return events.flatMap((event) => {
    const after = fold(before, event);
    const messages = announce(before, event, after);
    before = after;
    return messages.flatMap(({ intent }) =>
      intent.kind === 'invite' ? ['sre'] : intent.kind === 'invite_team' ? [intent.team] : [],
    );
  });
}

describe('the owner of a problem that joins', () => {
  const join = (joined: JoinedProblem) =>
    ({ do: 'join', problem: joined, severity: 'SEV2', opens: 'line' }) as const;

  it('is asked once, and not at all where it is the own one or there is none', () => {
    const story = new Story();
    for (const owner of ['carts', 'sre', null, 'carts', 'orders'])
      story.tell(join(problem(`${owner}-${story.events.length}`, owner)));
    expect(asked(story)).toEqual(['sre', 'carts', 'orders']);
  });

  it('is asked when the channel opens, where it joined what was only watched', () => {
    const story = new Story('line');
    for (const owner of ['carts', 'orders', 'carts', 'sre'])
      story.tell(join(problem(`${owner}-${story.events.length}`, owner)));
    expect(asked(story)).toEqual([]);
    story.tell({ do: 'request_channel', by: 'ada' });
    expect(asked(story)).toEqual(['sre', 'carts', 'orders']);
  });

  it('is not asked in a maintenance window, and is by another problem of its own outside of it', () => {
    const story = new Story();
    story.tell(join(problem('a', 'carts', { quiet: true })));
    expect(asked(story)).toEqual(['sre']);
    story.tell(join(problem('b', 'carts')));
    expect(asked(story)).toEqual(['sre', 'carts']);
  });
});
