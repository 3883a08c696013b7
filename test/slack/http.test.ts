import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPlaygroundSlack } from '../../src/playground/slack/server.ts';
import type { SlackActions } from '../../src/slack/actions.ts';
import { settingsFor, workspace } from './workspace.ts';

const SECRET = 'shhh';
const NOW = Date.parse('2026-03-14T02:07:00Z');
const FORM = 'application/x-www-form-urlencoded';

async function http(actions: Partial<SlackActions> = {}) {
  const slack = await startPlaygroundSlack();
  onTestFinished(() => slack.stop());
  const settings = { ...settingsFor(slack), appToken: null, signingSecret: SECRET };
  const { bot } = await workspace({ actions, connect: { settings, now: () => new Date(NOW) } });
  await bot.start();
  const { receive } = bot;
  if (receive === null) throw new Error('this is not HTTP mode');
  const send = (body: string, changes: { at?: number; type?: string; signature?: string } = {}) => {
    const at = String(changes.at ?? NOW / 1000);
    const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex')}`;
    return receive(body, {
      'content-type': changes.type ?? 'application/json',
      'x-slack-request-timestamp': at,
      'x-slack-signature': changes.signature ?? signature,
    });
  };
  return { send, bot };
}

const click = (value: string): string =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: 'U0ADA', team_id: 'T0HARBOUR' },
      team: { id: 'T0HARBOUR' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: 'C1' },
      trigger_id: 't',
      actions: [{ type: 'button', action_id: 'approve_plan', block_id: 'b', value, action_ts: '1' }],
    }),
  }).toString();

describe('Slack over HTTP', () => {
  it('answers the challenge', async () => {
    const { send } = await http();
    const answer = await send(JSON.stringify({ type: 'url_verification', challenge: 'abc' }));
    expect(answer).toMatchObject({ status: 200, body: '{"challenge":"abc"}' });
  });

  it('acknowledges a click before the work on it has ended', async () => {
    const voting = Promise.withResolvers<null>();
    const asked: object[] = [];
    const { send } = await http({
      vote: (input) => {
        asked.push(input);
        return voting.promise;
      },
    });
    expect(await send(click('p1'), { type: FORM })).toMatchObject({ status: 200, body: '' });
    expect(asked).toMatchObject([{ plan: 'p1', voter: { team: 'T0HARBOUR', user: 'U0ADA' } }]);
    voting.resolve(null);
  });

  it('takes a signed request once', async () => {
    let votes = 0;
    const { send } = await http({
      vote: async () => {
        votes += 1;
        return null;
      },
    });
    await send(click('p1'), { type: FORM });
    expect(await send(click('p1'), { type: FORM })).toMatchObject({ status: 401 });
    expect(votes).toBe(1);
  });

  it.each([
    ['an old request', { at: NOW / 1000 - 301 }],
    ['one from the future', { at: NOW / 1000 + 301 }],
    ['a wrong signature', { signature: `v0=${'0'.repeat(64)}` }],
    ['no signature', { signature: '' }],
  ])('refuses %s', async (_, changes) => {
    const { send } = await http();
    expect(await send('{}', changes)).toMatchObject({ status: 401 });
  });

  it('refuses a body that is no JSON', async () => {
    const { send } = await http();
    expect(await send('nonsense')).toMatchObject({ status: 400 });
  });

  it('says that nothing takes a button it does not know', async () => {
    const { send } = await http();
    const unknown = click('p1').replace('approve_plan', 'launch_missiles');
    expect(await send(unknown, { type: FORM })).toMatchObject({ status: 404 });
  });

  it('takes nothing before its start and after its stop', async () => {
    const { send, bot } = await http();
    await bot.stop();
    expect(await send('{}')).toMatchObject({ status: 503 });
  });
});
