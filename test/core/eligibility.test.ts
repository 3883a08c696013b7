import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountedVote, eligible, quorumMet } from '../../src/core/eligibility.ts';
import type { ApprovalRequirement } from '../../src/core/plan.ts';
import type { TeamMembers } from '../../src/core/team.ts';
import { makePerson } from '../make.ts';

const ana = makePerson('UANA');
const members: ReadonlyMap<string, TeamMembers> = new Map<string, TeamMembers>([
  ['oncall', { status: 'known', users: ['UANA', 'UBEN'] }],
  ['sre', { status: 'known', users: ['UANA'] }],
  ['dark', { status: 'unreadable', says: 'Slack answered ratelimited' }],
]);
const asks = (...teams: string[]): ApprovalRequirement => ({ by: 'policy checkout', teams, quorum: 1 });

describe('whose approval counts', () => {
  it('is that of a member, for each team they are in', () => {
    expect(eligible(ana, members, asks('oncall', 'sre'))).toEqual({
      counts: true,
      teams: ['oncall', 'sre'],
      says: 'In oncall, sre.',
    });
  });

  it.each([
    ['a bot', { bot: true }, /bot/],
    ['a guest', { guest: true }, /guest/],
    ['a stranger', { stranger: true }, /another workspace/],
    ['a deactivated member', { deactivated: true }, /deactivated/],
  ])('is never that of %s, member or not', (_, changes, says) => {
    const verdict = eligible(makePerson('UANA', changes), members, asks('oncall'));
    expect(verdict).toMatchObject({ counts: false, teams: [] });
    expect(verdict.says).toMatch(says);
  });

  it('is never that of who asked, where that is forbidden', () => {
    expect(eligible(ana, members, asks('oncall'), [ana.slack]).counts).toBe(false);
    expect(eligible(ana, members, asks('oncall'), [makePerson('UBEN').slack]).counts).toBe(true);
  });

  it('is not that of somebody in no listed team', () => {
    const verdict = eligible(makePerson('UZOE'), members, asks('oncall', 'sre'));
    expect(verdict).toEqual({
      counts: false,
      teams: [],
      says: 'You are not in oncall or sre, whom policy checkout asks, so your approval does not count.',
    });
  });

  it('is nobody\u2019s where no team is named', () => {
    expect(eligible(ana, members, asks())).toMatchObject({
      counts: false,
      says: 'Nobody may approve this: policy checkout names no team.',
    });
  });

  it('is not known, and so is not given, where a team cannot be read; another team still counts', () => {
    expect(eligible(ana, members, asks('dark')).counts).toBe(false);
    expect(eligible(ana, members, asks('dark')).says).toContain('dark (Slack answered ratelimited)');
    expect(eligible(ana, members, asks('missing')).says).toContain('missing (nobody looked)');
    expect(eligible(ana, members, asks('dark', 'sre'))).toMatchObject({ counts: true, teams: ['sre'] });
  });
});

describe('a quorum', () => {
  const vote = (user: string, ...teams: string[]): CountedVote => ({ voter: makePerson(user).slack, teams });
  const two: readonly ApprovalRequirement[] = [
    asks('oncall'),
    { by: 'runbook stuck', teams: ['sre'], quorum: 1 },
  ];

  it('needs every requirement, which one person may meet alone', () => {
    expect(quorumMet(two, [vote('UBEN', 'oncall')])).toEqual({
      met: false,
      missing: ['1 more of sre (runbook stuck)'],
    });
    expect(quorumMet(two, [vote('UBEN', 'oncall'), vote('UCAT', 'sre')]).met).toBe(true);
    expect(quorumMet(two, [vote('UANA', 'oncall', 'sre')]).met).toBe(true);
  });

  it('counts a person once, however often they vote', () => {
    const both = [{ ...asks('oncall', 'sre'), quorum: 2 }];
    expect(quorumMet(both, [vote('UANA', 'oncall'), vote('UANA', 'sre')])).toEqual({
      met: false,
      missing: ['1 more of oncall or sre (policy checkout)'],
    });
    expect(quorumMet(both, [vote('UANA', 'oncall'), vote('UBEN', 'oncall')]).met).toBe(true);
  });

  it('tells the same id of two workspaces apart', () => {
    const other = { voter: { ...ana.slack, team: 'T2' }, teams: ['oncall'] };
    expect(quorumMet([{ ...asks('oncall'), quorum: 2 }], [vote('UANA', 'oncall'), other]).met).toBe(true);
  });

  it.each([
    ['there are no requirements', [], 'no rule says who may approve'],
    ['a requirement names no team', [asks()], 'nobody may approve: policy checkout names no team'],
    ['a quorum is not a number', [{ ...asks('oncall'), quorum: Number.NaN }], 'more of oncall'],
  ])('is never reached when %s', (_, requirements, says) => {
    const verdict = quorumMet(requirements, [vote('UANA', 'oncall'), vote('UBEN', 'oncall')]);
    expect(verdict.met).toBe(false);
    expect(verdict.missing).toEqual([expect.stringContaining(says)]);
  });

  it('needs a person even where it says none', () => {
    expect(quorumMet([{ ...asks('oncall'), quorum: 0 }], []).met).toBe(false);
  });

  it('is never undone by a further vote, nor reached by dropping one', () => {
    const teams = fc.uniqueArray(fc.constantFrom('oncall', 'sre', 'db'), { maxLength: 3 });
    const votes = fc.array(
      fc
        .record({ user: fc.constantFrom('UANA', 'UBEN', 'UCAT'), teams })
        .map((one) => vote(one.user, ...one.teams)),
      { maxLength: 5 },
    );
    const requirements = fc.array(
      fc.record({ by: fc.constant('policy x'), teams, quorum: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(requirements, votes, votes, (wanted, some, more) => {
        if (quorumMet(wanted, some).met) expect(quorumMet(wanted, [...some, ...more]).met).toBe(true);
        if (quorumMet(wanted, some).met) {
          const people = new Set(some.map(({ voter }) => voter.user)).size;
          expect(people).toBeGreaterThanOrEqual(Math.max(...wanted.map(({ quorum }) => quorum)));
        }
      }),
    );
  });
});
