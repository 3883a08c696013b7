import { describe, expect, it } from 'vitest';
import { fault, workspace } from './workspace.ts';

async function crew() {
  let now = Date.parse('2026-03-14T02:07:00Z');
  const made = await workspace({ connect: { now: () => new Date(now) } });
  const calls = (method: string): number => made.slack.calls.filter((call) => call.method === method).length;
  return { ...made, calls, pass: (seconds: number) => (now += seconds * 1000) };
}

const GROUP = { name: 'sre', slackGroup: '@sre-leads', members: ['U0BEN', 'U0ADA'], oncall: null };

describe('a person', () => {
  it('of the workspace is ordinary and has a name', async () => {
    const { bot } = await crew();
    expect(await bot.people.person('U0ADA')).toEqual({
      slack: { enterprise: null, team: 'T0HARBOUR', user: 'U0ADA' },
      name: 'ada',
      bot: false,
      guest: false,
      deactivated: false,
      stranger: false,
    });
  });

  it.each([
    ['a guest', 'U0GUS', { guest: true }],
    ['somebody who left', 'U0DORA', { deactivated: true }],
    ['somebody of another company', 'U0EVE', { stranger: true }],
    ['a bot', 'U0DEPLOYBOT', { bot: true }],
    ['ourselves', 'U0FIRSTMATE', { bot: true }],
  ])('that is %s is told', async (_, user, flags) => {
    const { bot } = await crew();
    expect(await bot.people.person(user)).toMatchObject(flags);
  });

  it('whom Slack does not know is nobody', async () => {
    const { bot } = await crew();
    expect(await bot.people.person('U0NOBODY')).toBeNull();
  });

  it('who cannot be looked up is nobody, is logged, and is asked for again', async () => {
    const { bot, slack, log } = await crew();
    await fault(slack, { method: 'users.info', status: 429, retryAfter: 3 });
    expect(await bot.people.person('U0ADA')).toBeNull();
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', about: { user: 'U0ADA' } });
    expect(await bot.people.person('U0ADA')).toMatchObject({ name: 'ada' });
  });

  it('is good for two minutes and no longer, even when Slack fails then', async () => {
    const { bot, slack, calls, pass } = await crew();
    await bot.people.person('U0ADA');
    pass(119);
    await bot.people.person('U0ADA');
    expect(calls('users.info')).toBe(1);
    pass(1);
    await fault(slack, { method: 'users.info', error: 'internal_error' });
    expect(await bot.people.person('U0ADA')).toBeNull();
  });
});

describe('a team', () => {
  it('is its user group and its members, each once', async () => {
    const { bot } = await crew();
    expect(await bot.people.members(GROUP)).toEqual({ status: 'known', users: ['U0ADA', 'U0CHEN', 'U0BEN'] });
  });

  it('of ids alone needs no call', async () => {
    const { bot, calls } = await crew();
    expect(await bot.people.members({ ...GROUP, slackGroup: null })).toEqual({
      status: 'known',
      users: ['U0BEN', 'U0ADA'],
    });
    expect(calls('usergroups.list')).toBe(0);
  });

  it.each([
    ['a person', 'U0CHEN', ['U0CHEN']],
    ['a user group', 'sre-leads', ['U0ADA', 'U0CHEN']],
  ])('that is nothing but who is on call is that: %s', async (_, oncall, users) => {
    const { bot } = await crew();
    const team = { name: 'pager', slackGroup: null, members: [], oncall };
    expect(await bot.people.members(team)).toEqual({ status: 'known', users });
  });

  it('of members has who is on call in it only when they are listed', async () => {
    const { bot } = await crew();
    const team = { name: 'pager', slackGroup: null, members: ['U0BEN'], oncall: 'U0CHEN' };
    expect(await bot.people.members(team)).toEqual({ status: 'known', users: ['U0BEN'] });
  });

  it('whose on-call group is not there is unreadable', async () => {
    const { bot } = await crew();
    const team = { name: 'pager', slackGroup: null, members: [], oncall: 'nobody-there' };
    expect(await bot.people.members(team)).toMatchObject({ status: 'unreadable' });
  });

  it('is asked for anew where it matters what is so now', async () => {
    const { bot, slack } = await crew();
    await bot.people.members(GROUP);
    slack.changeGroup({ handle: 'sre-leads', users: ['U0CHEN'] });
    expect(await bot.people.members(GROUP)).toMatchObject({ users: ['U0ADA', 'U0CHEN', 'U0BEN'] });
    const team = { ...GROUP, members: [] };
    expect(await bot.people.members(team, 'now')).toEqual({ status: 'known', users: ['U0CHEN'] });
    expect(await bot.people.members(team)).toEqual({ status: 'known', users: ['U0CHEN'] });
  });

  it('whose group does not exist is unreadable, though it lists members', async () => {
    const { bot } = await crew();
    expect(await bot.people.members({ ...GROUP, slackGroup: 'gone' })).toEqual({
      status: 'unreadable',
      says: 'Slack has no user group @gone',
    });
  });

  it('whose group cannot be read is unreadable, after the cache’s time too', async () => {
    const { bot, slack, pass } = await crew();
    await bot.people.members(GROUP);
    pass(120);
    await fault(slack, { method: 'usergroups.users.list', error: 'missing_scope' });
    expect(await bot.people.members(GROUP)).toMatchObject({
      status: 'unreadable',
      says: expect.stringContaining('@sre-leads cannot be read'),
    });
  });
});
