import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/core/incident.ts';
import type { OutboxMessage, SentResult } from '../../src/core/outbox.ts';
import type { SendEnd } from '../../src/core/ports/messenger.ts';
import { isOurs } from '../../src/slack/intents/open-channel.ts';
import { AT, INCIDENT, makePlan } from '../make.ts';
import { makeIncident, makeMessage, makePost, makeState, makeStep } from './make.ts';
import { fault, INCIDENTS, until, workspace } from './workspace.ts';

const OPEN = makeMessage(`channel:${INCIDENT}`, { kind: 'open_channel' });
const NAME = 'inc-2026-001-kube-pod-crash-looping-shop-checkout';

/** A workspace with the incident's channel and header. */
async function opened() {
  const made = await workspace();
  const end = await made.outbox.send(OPEN, makeIncident());
  if (end.status !== 'sent' || end.channel === undefined) throw new Error(JSON.stringify(end));
  const incident = makeIncident({ channel: end.channel });
  const header = sent(await made.outbox.send(makePost('header'), incident));
  return { ...made, incident, channel: end.channel.channel, header };
}

function sent(end: SendEnd | null): SentResult {
  if (end?.status !== 'sent') throw new Error(JSON.stringify(end));
  return end.result;
}

describe('opening a channel', () => {
  it('names it for the incident and puts the incident into its purpose', async () => {
    const { slack, outbox } = await workspace();
    const end = await outbox.send(OPEN, makeIncident());
    const channel = slack.channels().find((one) => one.name === NAME);
    expect(channel?.purpose).toBe(`${INCIDENT}, opened ${AT} by firstmate`);
    expect(end).toMatchObject({
      status: 'sent',
      result: { channel: channel?.id, ts: null },
      channel: { enterprise: null, team: slack.teamId, channel: channel?.id, name: NAME },
    });
  });

  it('takes the channel it made itself when it is sent again without a record', async () => {
    const { slack, outbox } = await workspace();
    const first = sent(await outbox.send(OPEN, makeIncident()));
    const second = sent(await outbox.send(OPEN, makeIncident()));
    expect(second.channel).toBe(first.channel);
    expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
  });

  it('finishes a channel that was made but not marked yet', async () => {
    const { slack, outbox } = await workspace();
    await fault(slack, { method: 'conversations.setPurpose', reset_before_apply: true });
    expect(await outbox.send(OPEN, makeIncident())).toMatchObject({ status: 'unknown' });
    const found = sent(await outbox.find(OPEN, makeIncident()));
    expect(slack.channels().find((one) => one.id === found.channel)?.purpose).toContain(INCIDENT);
    expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
  });

  it('leaves a channel of an earlier incident with the same number alone and adds a number', async () => {
    const { slack, outbox } = await workspace();
    const old = sent(await outbox.send(OPEN, makeIncident({ openedAt: '2025-01-01T00:00:00.000Z' })));
    const end = await outbox.send(OPEN, makeIncident());
    expect(end).toMatchObject({ status: 'sent', channel: { name: `${NAME}-2` } });
    expect(sent(end).channel).not.toBe(old.channel);
    expect(slack.channels().find((one) => one.id === old.channel)?.purpose).toContain('2025-01-01');
  });

  it('finds nothing where nothing was made', async () => {
    const { outbox } = await workspace();
    expect(await outbox.find(OPEN, makeIncident())).toBeNull();
  });
});

describe('a channel with a name that we want', () => {
  const self = { team: 'T', enterprise: null, userId: 'U0BOT', botId: 'B', url: '' };
  const ours = {
    id: 'C1',
    name: NAME,
    creator: 'U0BOT',
    purpose: '',
    created: Date.parse(AT) / 1000,
    archived: false,
  };
  const adopted = (changes: object): boolean => isOurs({ ...ours, ...changes }, self, makeIncident());

  it('is adopted when we made it for this incident', () => {
    expect(adopted({})).toBe(true);
    expect(adopted({ name: 'inc-2026-001' })).toBe(true);
    expect(adopted({ purpose: `${INCIDENT}, opened ${AT} by firstmate`, created: 1 })).toBe(true);
  });

  it.each([
    ['somebody else made it', { creator: 'U0ADA' }],
    ['it is archived', { archived: true }],
    ['it was made long before', { created: Date.parse(AT) / 1000 - 3_600 }],
    ['it is another incident’s', { name: 'inc-2026-0012-x' }],
    [
      'it was made for an incident of the same number',
      { purpose: `${INCIDENT}, opened 2025-01-01T00:00:00.000Z by firstmate` },
    ],
  ])('is left alone when %s', (_, changes) => {
    expect(adopted(changes)).toBe(false);
  });
});

describe('posts', () => {
  it('carry their key, stand where they belong, and are edited and pinned in place', async () => {
    const { slack, outbox, incident, channel, header } = await opened();
    const deep = { ...incident, steps: [makeStep('pods')], runbook: match(incident) };
    const diagnosis = sent(await outbox.send(makePost('diagnosis'), deep));
    const finding = sent(await outbox.send(makePost('finding'), deep));
    sent(
      await outbox.send(
        makeMessage(`pin:${INCIDENT}`, { kind: 'pin', post: `header:${INCIDENT}` }),
        incident,
      ),
    );
    sent(
      await outbox.send(
        makeMessage(`pin:${INCIDENT}`, { kind: 'pin', post: `header:${INCIDENT}` }),
        incident,
      ),
    );
    const taken = {
      ...incident,
      lead: { user: { enterprise: null, team: 'T', user: 'U0ADA' }, name: 'ada' },
    };
    const edit = makeMessage(`header:${INCIDENT}@9`, {
      kind: 'refresh',
      view: 'header',
      plan: null,
      post: `header:${INCIDENT}`,
    });
    expect(sent(await outbox.send(edit, taken)).ts).toBe(header.ts);

    const messages = slack.messages(channel);
    const byTs = (ts: string | null) => messages.find((one) => one.ts === ts);
    expect(messages).toHaveLength(3);
    expect(byTs(header.ts)).toMatchObject({
      pinned: true,
      metadata: { event_payload: { key: `header:${INCIDENT}` } },
    });
    expect(JSON.stringify(byTs(header.ts)?.blocks)).toContain('<@U0ADA>');
    expect(byTs(diagnosis.ts)?.thread_ts).toBe(header.ts);
    expect(byTs(finding.ts)?.thread_ts).toBeUndefined();
  });

  it('of the line go to the incidents channel, which is joined when we are not in it', async () => {
    const { slack, outbox, incident, channel } = await opened();
    const line = sent(await outbox.send(makePost('line'), incident));
    expect(line.channel).toBe(INCIDENTS);
    expect(slack.messages(INCIDENTS).at(-1)?.blocks).toMatchObject([
      { text: { text: expect.stringContaining(`<#${channel}>`) } },
    ]);
  });

  it('say who may approve by name, and that an unreadable list counts nobody', async () => {
    const { slack, outbox, incident, channel } = await opened();
    const approvals = [
      { by: 'policy checkout', teams: ['checkout'], quorum: 1 },
      { by: 'runbook r', teams: ['ghosts'], quorum: 1 },
      { by: 'runbook s', teams: [], quorum: 1 },
    ];
    const plan = makePlan({ verdict: { ...makePlan().verdict, approvals } });
    sent(await outbox.send(makePost('card', plan.id), { ...incident, plans: [makeState({ plan })] }));
    const text = JSON.stringify(slack.messages(channel).at(-1)?.blocks);
    expect(text).toContain('<@U0ADA>');
    expect(text).toContain('ghosts (no such team in the settings, so nobody)');
    expect(text).toContain('runbook s: nobody, its list of approvers is empty');
  });

  it('that are gone are given up, not posted again', async () => {
    const { outbox, incident, channel } = await opened();
    outbox.results.set(`header:${INCIDENT}`, { channel, ts: '1.000001', sentAt: AT });
    const edit = makeMessage(`header:${INCIDENT}@9`, {
      kind: 'refresh',
      view: 'header',
      plan: null,
      post: `header:${INCIDENT}`,
    });
    expect(await outbox.send(edit, incident)).toEqual({
      status: 'refused',
      says: 'Slack says message_not_found',
    });
  });

  it('of a thread whose top is gone stand in the channel, and are found there', async () => {
    const { slack, outbox, incident, channel } = await opened();
    outbox.results.set(`header:${INCIDENT}`, { channel, ts: '1.000001', sentAt: AT });
    const diagnosis = sent(await outbox.send(makePost('diagnosis'), incident));
    expect(slack.messages(channel).find((one) => one.ts === diagnosis.ts)?.thread_ts).toBeUndefined();
    expect(sent(await outbox.find(makePost('diagnosis'), incident)).ts).toBe(diagnosis.ts);
  });

  it('join a public channel that we were removed from', async () => {
    const { slack, outbox } = await workspace({ connect: {} });
    const notice = makeMessage(
      'notice:1',
      { kind: 'notice', text: 'policy x does not hold' },
      { incident: null },
    );
    await fault(slack, { method: 'chat.postMessage', error: 'not_in_channel' });
    expect(sent(await outbox.send(notice, null)).channel).toBe(INCIDENTS);
    expect(slack.calls.map((call) => call.method)).toContain('conversations.join');
  });
});

describe('a post whose end nobody recorded', () => {
  const cases: readonly { view: 'header' | 'diagnosis' | 'finding' | 'line' | 'card' }[] = [
    { view: 'header' },
    { view: 'diagnosis' },
    { view: 'finding' },
    { view: 'line' },
    { view: 'card' },
  ];
  it.each(cases)('is found by its key: $view', async ({ view }) => {
    const { slack, outbox, incident } = await opened();
    const deep = { ...incident, runbook: match(incident), plans: [makeState()] };
    const message: OutboxMessage = {
      ...makePost(view, view === 'card' ? makePlan().id : INCIDENT),
      key: `${view}:lost`,
    };
    expect(await outbox.find(message, deep)).toBeNull();
    await fault(slack, { method: 'chat.postMessage', reset_after_apply: true });
    expect(await outbox.send(message, deep)).toMatchObject({ status: 'unknown' });
    const count = postsWith(slack, message.key);
    expect(count).toHaveLength(1);
    expect(sent(await outbox.find(message, deep)).ts).toBe(count[0]?.ts);
  });

  it('is not found where the connection broke before Slack took it', async () => {
    const { slack, outbox, incident } = await opened();
    const message = makePost('finding');
    await fault(slack, { method: 'chat.postMessage', reset_before_apply: true });
    expect(await outbox.send(message, incident)).toMatchObject({ status: 'unknown' });
    expect(await outbox.find(message, incident)).toBeNull();
    sent(await outbox.send(message, incident));
    expect(postsWith(slack, message.key)).toHaveLength(1);
  });

  it('stays unknown while Slack cannot be searched', async () => {
    const { slack, outbox, incident } = await opened();
    await fault(slack, { method: 'conversations.history', error: 'ratelimited' });
    expect(await outbox.find(makePost('finding'), incident)).toMatchObject({ status: 'unknown' });
  });
});

describe('what Slack answers', () => {
  const cases: readonly { name: string; wrong: object; end: object }[] = [
    { name: 'a rate limit', wrong: { status: 429, retryAfter: 7 }, end: { status: 'later', afterMs: 7_000 } },
    { name: 'a server error', wrong: { status: 503 }, end: { status: 'unknown' } },
    { name: 'internal_error', wrong: { error: 'internal_error' }, end: { status: 'unknown' } },
    { name: 'fatal_error', wrong: { error: 'fatal_error' }, end: { status: 'unknown' } },
    { name: 'is_archived', wrong: { error: 'is_archived' }, end: { status: 'refused' } },
    { name: 'token_revoked', wrong: { error: 'token_revoked' }, end: { status: 'later' } },
    { name: 'request_timeout', wrong: { error: 'request_timeout' }, end: { status: 'later' } },
  ];
  it.each(cases)('is told by kind: $name', async ({ wrong, end }) => {
    const { slack, outbox, incident } = await opened();
    await fault(slack, { method: 'chat.postMessage', ...wrong });
    expect(await outbox.send(makePost('finding'), incident)).toMatchObject(end);
  });

  it('is “later” when nobody listens there', async () => {
    const { slack, outbox, incident } = await opened();
    await slack.stop();
    // The first call meets the connection that was open.
    await outbox.send(makePost('finding'), incident);
    const end = await outbox.send(makePost('finding'), incident);
    expect(end).toMatchObject({ status: 'later', says: 'Slack cannot be reached (ECONNREFUSED)' });
  });
});

describe('inviting', () => {
  const INVITE = makeMessage(`invite:${INCIDENT}`, { kind: 'invite' });

  it('asks who is on call for the owner, twice without harm', async () => {
    const { slack, outbox, incident, channel } = await opened();
    sent(await outbox.send(INVITE, incident));
    sent(await outbox.send(INVITE, incident));
    expect(slack.channels().find((one) => one.id === channel)?.members).toEqual(
      expect.arrayContaining(['U0ADA', slack.botUserId]),
    );
    expect(slack.messages(channel)).toHaveLength(1);
  });

  it('asks the default responder where nobody owns the service, and lets in who can come', async () => {
    const { slack, outbox, incident, channel } = await opened();
    sent(await outbox.send(INVITE, { ...incident, owner: null }));
    const members = slack.channels().find((one) => one.id === channel)?.members ?? [];
    expect(members.toSorted()).toEqual([slack.botUserId, 'U0ADA', 'U0BEN', 'U0CHEN'].toSorted());
  });

  it('says in the thread that nobody could be invited, once', async () => {
    const team = { name: 'checkout', slackGroup: 'no-such-group', members: [], oncall: null };
    const made = await workspace({ connect: { teams: [team], defaultResponder: null } });
    const end = await made.outbox.send(OPEN, makeIncident());
    if (end.status !== 'sent' || end.channel === undefined) throw new Error(JSON.stringify(end));
    const incident = makeIncident({ channel: end.channel });
    const header = sent(await made.outbox.send(makePost('header'), incident));
    await fault(made.slack, { method: 'chat.postMessage', reset_after_apply: true });
    expect(await made.outbox.send(INVITE, incident)).toMatchObject({ status: 'unknown' });
    sent(await made.outbox.find(INVITE, incident));
    const said = made.slack
      .messages(end.channel.channel)
      .filter((one) => one.thread_ts === header.ts && one.ts !== header.ts);
    expect(said.map((one) => one.text)).toEqual([
      'I could invite nobody: Slack has no user group @no-such-group. Please bring in who should look at this.',
    ]);
  });
});

it('sets a topic that leads with the cluster', async () => {
  const { slack, outbox, incident, channel } = await opened();
  sent(await outbox.send(makeMessage(`topic:${INCIDENT}`, { kind: 'set_topic' }), incident));
  const topic = await until(
    slack,
    () => slack.channels().find((one) => one.id === channel)?.topic || undefined,
  );
  expect(topic).toBe('prod · SEV2 · KubePodCrashLooping shop/checkout');
});

function postsWith(slack: Awaited<ReturnType<typeof opened>>['slack'], key: string) {
  return slack
    .channels()
    .flatMap((channel) => slack.messages(channel.id))
    .filter((message) => JSON.stringify(message.metadata ?? {}).includes(`"${key}"`));
}

function match(_: Incident): NonNullable<Incident['runbook']> {
  return {
    runbook: 'pod-crash-looping',
    title: 'A pod crashes again and again',
    hash: 'sha256:x',
    score: 1,
    reason: 'alertname="KubePodCrashLooping"',
    fallback: false,
    inputs: {},
  };
}
