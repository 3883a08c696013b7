import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

test('users.info tells a guest, somebody who left, a bot and a stranger apart', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const user = async (name: string) =>
    (await client.users.info({ user: slack.people[name] ?? '' })).user ?? {};
  expect(await user('ada')).toMatchObject({
    deleted: false,
    is_restricted: false,
    is_bot: false,
    team_id: slack.teamId,
    profile: { email: 'ada@harbour.example' },
  });
  expect(await user('ada')).not.toHaveProperty('is_stranger');
  expect(await user('gus')).toMatchObject({ is_restricted: true });
  expect(await user('dora')).toMatchObject({ deleted: true });
  expect(await user('b')).toMatchObject({ is_bot: true });
  expect(await user('eve')).toMatchObject({ team_id: 'T0ELSEWHERE', is_stranger: true });
  slack.join({ user: slack.people.eve ?? '', channel: channelId(slack, 'incidents') });
  expect(await user('eve')).toMatchObject({ team_id: 'T0ELSEWHERE', is_stranger: false });
  expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toMatchObject({ error: 'user_not_found' });
});

test('a mail address is shown only to an app that may see it, and finds its person', async () => {
  const without = await startSlack({ installedScopes: ['users:read'] });
  const { user } = await clientOf(without).users.info({ user: without.people.ada ?? '' });
  expect(user?.profile).not.toHaveProperty('email');
  const slack = await startSlack();
  const client = clientOf(slack);
  expect((await client.users.lookupByEmail({ email: 'ben@harbour.example' })).user?.id).toBe('U0BEN');
  for (const email of ['dora@harbour.example', 'eve@elsewhere.example', 'nobody@harbour.example']) {
    expect(await refusal(client.users.lookupByEmail({ email }))).toMatchObject({ error: 'users_not_found' });
  }
});

test('user groups list their members', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const { usergroups = [] } = await client.usergroups.list({ include_users: true });
  const byHandle = Object.fromEntries(usergroups.map((group) => [group.handle, group.users]));
  expect(byHandle).toMatchObject({ 'sre-leads': ['U0ADA', 'U0CHEN'], 'checkout-oncall': ['U0ADA'] });
  const id = usergroups.find((group) => group.handle === 'sre-leads')?.id ?? '';
  expect((await client.usergroups.users.list({ usergroup: id })).users).toEqual(['U0ADA', 'U0CHEN']);
  expect(await refusal(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toMatchObject({
    error: 'no_such_subteam',
  });
});

test('people can be deactivated and groups changed while the app runs', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const { ada = '', ben = '' } = slack.people;
  slack.changeUser({ user: ada, deleted: true });
  expect((await client.users.info({ user: ada })).user).toMatchObject({ deleted: true });
  expect((await client.usergroups.users.list({ usergroup: 'S0SRELEADS' })).users).toEqual(['U0CHEN']);
  const channel = channelId(slack, 'incidents');
  expect(() => slack.say({ user: ada, channel, text: 'still here' })).toThrow('ada cannot see #incidents');
  slack.changeGroup({ handle: 'checkout-oncall', users: [ben] });
  expect((await client.usergroups.users.list({ usergroup: 'S0CHECKOUT' })).users).toEqual([ben]);
});

test('what a person types is stored escaped, mentions excepted', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  slack.say({ user: slack.people.ben ?? '', channel, text: '<@U0ADA> is 1 < 2 && <b>bold</b>?' });
  expect(slack.messages(channel)).toMatchObject([
    { text: '<@U0ADA> is 1 &lt; 2 &amp;&amp; &lt;b>bold&lt;/b>?' },
  ]);
});
