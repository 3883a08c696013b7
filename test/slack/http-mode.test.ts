import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS, type Settings } from '../../src/core/settings.ts';
import { createPublicServer } from '../../src/ingest/server.ts';
import { signatureOf } from '../../src/playground/slack/delivery/http.ts';
import { type SignedRequest, startPlaygroundSlack } from '../../src/playground/slack/server.ts';
import type { SlackActions } from '../../src/slack/actions.ts';
import { connectSlack } from '../../src/slack/connect.ts';
import { INCIDENT, makePlan } from '../make.ts';
import { steppedClock } from '../playground/slack/harness.ts';
import { makeIncident, makeMessage, makePost, makeState } from './make.ts';
import {
  INCIDENTS,
  makeActions,
  outbox,
  recordingLog,
  settingsFor,
  TEAMS,
  until,
  whispers,
} from './workspace.ts';

const PLAN = makePlan();
const ADA = { enterprise: null, team: 'T0HARBOUR', user: 'U0ADA' };

const settings: Settings = {
  slack: null,
  clusters: [],
  sources: [],
  teams: [],
  defaultResponder: null,
  openWhen: [],
  protectedNamespaces: [],
  breakGlass: null,
  maintenance: [],
  environments: [],
  database: ':memory:',
  audit: { everyMs: 3_600_000, headsFile: null },
  http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
  slashCommand: '/incident',
  folders: { runbooks: [], policies: [], services: [] },
  limits: DEFAULT_LIMITS,
};

/** firstmate in HTTP mode behind its public listener, a workspace that sends it signed requests, and a card. */
async function stage(given: Partial<SlackActions> = {}) {
  const clock = steppedClock(Date.parse('2026-03-14T02:07:00Z'));
  const incident = makeIncident({ plans: [makeState()] });
  const slack = await startPlaygroundSlack({ clock, rateLimits: 'off' });
  onTestFinished(() => slack.stop());
  const bot = await connectSlack({
    settings: { ...settingsFor(slack), appToken: null, signingSecret: slack.signingSecret },
    actions: makeActions({ incident: async () => incident, incidentOfPlan: async () => incident, ...given }),
    clusters: [],
    teams: TEAMS,
    defaultResponder: 'sre',
    log: recordingLog(),
    now: () => new Date(clock.now()),
  });
  onTestFinished(() => bot.stop());
  const { receive } = bot;
  if (receive === null) throw new Error('this is not HTTP mode');
  const server = await createPublicServer({
    settings,
    inbox: { put: async () => {}, waiting: async () => 0 },
    log: recordingLog(),
    now: () => new Date(clock.now()).toISOString(),
    stored: () => {},
    accepting: () => true,
    answered: () => {},
    slack: receive,
  });
  onTestFinished(async () => {
    server.server.closeAllConnections();
    await server.close();
  });
  const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/slack/events`;
  await bot.start();
  await slack.setRequestUrl(url);

  const sender = outbox(bot);
  const end = await sender.send(makeMessage(`channel:${INCIDENT}`, { kind: 'open_channel' }), incident);
  if (end.status !== 'sent' || end.channel === undefined) throw new Error(JSON.stringify(end));
  const channel = end.channel.channel;
  slack.join({ user: 'U0ADA', channel });
  const card = await sender.send(makePost('card', PLAN.id), { ...incident, channel: end.channel });
  if (card.status !== 'sent' || card.result.ts === null) throw new Error(card.status);
  const ts = card.result.ts;
  const press = (action_id: string) => slack.click({ channel, ts, action_id, user: 'U0ADA' });
  /** Sends one of Slack's requests again: byte for byte, or changed. */
  const resend = async (request: SignedRequest, changes: Partial<SignedRequest> = {}): Promise<number> => {
    const { headers, body } = { ...request, ...changes };
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  /** The same payload, signed anew as Slack does on a retry. */
  const retry = (request: SignedRequest, secret = slack.signingSecret): Promise<number> => {
    const at = String(Math.floor(clock.now() / 1000));
    const signature = signatureOf(secret, at, request.body);
    return resend(request, {
      headers: { ...request.headers, 'x-slack-request-timestamp': at, 'x-slack-signature': signature },
    });
  };
  const last = (type: SignedRequest['type']): SignedRequest => {
    const request = slack.requests.findLast((one) => one.type === type);
    if (request === undefined) throw new Error(`nothing of type ${type} was sent`);
    return request;
  };
  return { slack, clock, channel, press, resend, retry, last };
}

describe('firstmate in HTTP mode', () => {
  it('takes Approve and answers the person alone', async () => {
    const asked: object[] = [];
    const { slack, channel, press } = await stage({
      vote: async (input) => {
        asked.push(input);
        return { says: 'Noted.' };
      },
    });
    await press('approve_plan');
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[0])).toBe('Noted.');
    expect(asked).toEqual([{ plan: PLAN.id, vote: 'approve', voter: ADA, reason: null }]);
  });

  it('asks for the reason of a rejection, refuses an empty one and votes with it', async () => {
    const asked: object[] = [];
    const { slack, channel, press } = await stage({
      vote: async (input) => {
        asked.push(input);
        return { says: 'Rejected.' };
      },
    });
    await press('reject_plan');
    const view = await until(slack, () => slack.views('U0ADA')[0]);
    const submit = (text: string) =>
      slack.submitView({ view_id: view.id, user: 'U0ADA', values: { reason: { text } } });
    expect(await submit('  ')).toEqual({ closed: false, errors: { reason: 'Please say why.' } });
    expect(await submit('It was the database.')).toEqual({ closed: true, errors: {} });
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[0])).toBe('Rejected.');
    expect(asked).toEqual([{ plan: PLAN.id, vote: 'reject', voter: ADA, reason: 'It was the database.' }]);
  });

  it('answers the command', async () => {
    const { slack } = await stage({ incidents: async () => [] });
    await slack.command({ user: 'U0ADA', channel: INCIDENTS, text: 'list' });
    expect(await until(slack, () => whispers(slack, INCIDENTS, 'U0ADA')[0])).toBe('No incident is open.');
  });

  it('hears a message once, though its acknowledgement was lost and Slack sends it again', async () => {
    const heard: string[] = [];
    const both = Promise.withResolvers<void>();
    const { slack, channel, clock } = await stage({
      spoke: async ({ ts }) => {
        heard.push(ts);
        if (heard.length === 2) both.resolve();
      },
    });
    slack.addFault({ delivery: 'events_api', fault: 'reset_after_apply' });
    const first = slack.say({ user: 'U0ADA', channel, text: 'looking' });
    await clock.waits(60_000);
    clock.advance(60_000);
    await expect.poll(() => slack.requests.at(-1)?.ended).toBe(200);
    expect(slack.requests.at(-1)?.headers['x-slack-retry-num']).toBe('2');
    const second = slack.say({ user: 'U0ADA', channel, text: 'found it' });
    await both.promise;
    expect(heard).toEqual([first.ts, second.ts]);
  });

  it.each([
    { type: 'interactive', name: 'a click' },
    { type: 'slash_commands', name: 'a command' },
  ] as const)('acknowledges $name that comes again, signed anew, and acts on it once', async ({ type }) => {
    let acts = 0;
    const act = async () => {
      acts += 1;
      return { says: `answer ${acts}` };
    };
    const { slack, channel, clock, press, retry, last } = await stage({
      vote: act,
      pause: act,
      incidents: async () => [],
    });
    if (type === 'interactive') await press('approve_plan');
    else await slack.command({ user: 'U0ADA', channel, text: 'pause' });
    await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    const request = last(type);
    clock.advance(4_000);
    expect(await retry(request)).toBe(200);
    await slack.command({ user: 'U0ADA', channel, text: 'list' });
    await until(slack, () => whispers(slack, channel, 'U0ADA')[1]);
    expect(whispers(slack, channel, 'U0ADA')).toEqual(['answer 1', 'No incident is open.']);
  });

  it('refuses a signature that does not hold, an old request and one that was here before', async () => {
    let votes = 0;
    const { slack, channel, clock, press, resend, retry, last } = await stage({
      vote: async () => {
        votes += 1;
        return { says: 'Noted.' };
      },
    });
    await press('approve_plan');
    await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    const request = last('interactive');
    expect(await resend(request)).toBe(401);
    expect(await resend(request, { body: `${request.body}&x=1` })).toBe(401);
    expect(await retry(request, 'another secret')).toBe(401);
    expect(await resend(request, { headers: { 'content-type': 'application/json' } })).toBe(401);
    clock.advance(301_000);
    expect(await resend(request)).toBe(401);
    clock.advance(600_000);
    expect(await resend(request)).toBe(401);
    expect(votes).toBe(1);
  });
});
