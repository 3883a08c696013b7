import { describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { UNKNOWN_CLUSTER } from '../../src/core/place-alert.ts';
import { problemToken } from '../../src/core/problem.ts';
import type { SlackActions } from '../../src/slack/actions.ts';
import { runCommand } from '../../src/slack/command.ts';
import { parseCommand } from '../../src/slack/command-text.ts';
import { readDeclaration } from '../../src/slack/new-incident.ts';
import { AT, INCIDENT } from '../make.ts';
import { makeIncident, makeMessage, makePost } from './make.ts';
import { makeActions, until, whispers, workspace } from './workspace.ts';

const ADA = { enterprise: null, team: 'T0HARBOUR', user: 'U0ADA' };
const OTHER = incidentId(2026, 7);

/** What the command answers in the incident's channel, or elsewhere, and what it asked of the use cases. */
async function run(text: string, given: Partial<SlackActions> = {}, inChannel = true) {
  const asked: object[] = [];
  const record = async (input: object) => {
    asked.push(input);
    return { says: 'Done.' };
  };
  const answer = await runCommand(
    makeActions({
      incidentIn: async () => (inChannel ? makeIncident() : null),
      declare: record,
      merge: record,
      split: record,
      setSeverity: record,
      reopen: record,
      pickCluster: record,
      ...given,
    }),
    {
      command: '/incident',
      text,
      by: ADA,
      channel: { enterprise: null, team: 'T', channel: 'C1' },
      isNew: async () => true,
    },
  );
  return { says: answer?.says ?? '', asked };
}

const who = { incident: INCIDENT, by: ADA };

describe('/incident', () => {
  it.each([
    ['declare', 'new'],
    ['create', 'new'],
    ['sev', 'severity'],
  ])('%s is %s', (alias, verb) => {
    expect(parseCommand(`${alias} x`)).toEqual({ verb, rest: 'x' });
  });

  it.each([
    ['merge inc-2026-007', { ...who, into: OTHER }],
    ['split', { ...who, which: '' }],
    ['split 2', { ...who, which: '2' }],
    ['sev sev1', { ...who, to: 'SEV1', why: null }],
    ['severity SEV3 only the canary', { ...who, to: 'SEV3', why: 'only the canary' }],
    ['reopen', { ...who, why: null }],
    ['reopen it is back', { ...who, why: 'it is back' }],
    ['cluster prod-eu', { ...who, cluster: 'prod-eu' }],
  ])('%s asks for it in the incident’s channel, and elsewhere says where', async (text, asked) => {
    expect((await run(text)).asked).toEqual([asked]);
    const elsewhere = await run(text, {}, false);
    expect(elsewhere.asked).toEqual([]);
    expect(elsewhere.says).toContain('This channel belongs to no incident.');
  });

  it.each([
    ['merge', 'Say into which one'],
    ['merge that one', 'Say into which one'],
    ['severity', 'It is SEV2. Say one of SEV1, SEV2, SEV3, SEV4'],
    ['severity high', 'It is SEV2. Say one of'],
    ['cluster', 'It is in prod.'],
    ['new', 'For example: /incident new SEV2'],
    ['new SEV1', 'Say in a few words what is wrong.'],
  ])('%s asks for what is missing and does nothing', async (text, says) => {
    const answered = await run(text);
    expect(answered.asked).toEqual([]);
    expect(answered.says).toContain(says);
  });

  it('help says which of two incidents a merge ends', async () => {
    expect((await run('help')).says).toContain(
      '/incident merge INC-… - make this channel’s incident a part of that one',
    );
  });

  it('new names the channel that opens, and asks for the cluster where nobody knows it', async () => {
    const opened = makeIncident({ id: OTHER, title: 'Customers cannot pay' });
    const known = await run('new Customers cannot pay', { declare: async () => ({ opened }) }, false);
    expect(known.says).toBe(
      'Opened INC-2026-007 (SEV2, prod). Its channel opens: #inc-2026-007-customers-cannot-pay.',
    );
    const unplaced = { ...opened, cluster: UNKNOWN_CLUSTER };
    const unknown = await run('new Customers cannot pay', { declare: async () => ({ opened: unplaced }) });
    expect(unknown.says).toContain('Pick its cluster there: nothing is read before.');
  });
});

describe('what follows “new”', () => {
  const nothing = { severity: null, cluster: null, service: null, namespace: null, workload: null };

  it.each([
    ['Customers cannot pay', { ...nothing, title: 'Customers cannot pay' }],
    ['sev1  Customers  cannot pay', { ...nothing, severity: 'SEV1', title: 'Customers cannot pay' }],
    [
      'SEV2 cluster=prod checkout SERVICE=checkout is slow namespace=shop workload=web',
      {
        title: 'checkout is slow',
        severity: 'SEV2',
        cluster: 'prod',
        service: 'checkout',
        namespace: 'shop',
        workload: 'web',
      },
    ],
    ['p99=3s since SEV2 was closed', { ...nothing, title: 'p99=3s since SEV2 was closed' }],
    ['cluster=a cluster=b x', { says: 'cluster= stands there twice.' }],
    ['service=checkout', { says: 'Say in a few words what is wrong.' }],
  ])('“%s” is understood', (text, read) => {
    expect(readDeclaration(text)).toEqual(read);
  });
});

describe('the header’s buttons', () => {
  const paged = {
    key: 'pagerduty prod pager/Q1',
    rank: 'other',
    title: 'Checkout is slow',
    service: null,
    owner: null,
    namespace: null,
    workload: null,
    severity: 'SEV2',
    by: 'pager',
    because: 'both tell of checkout',
  } as const;

  async function stage(given: Partial<SlackActions>, clusters: readonly string[]) {
    const incident = makeIncident({ cluster: UNKNOWN_CLUSTER, joined: [paged] });
    const made = await workspace({
      actions: { incident: async () => incident, ...given },
      connect: { clusters },
    });
    await made.bot.start();
    const end = await made.outbox.send(
      makeMessage(`channel:${INCIDENT}`, { kind: 'open_channel' }),
      incident,
    );
    if (end.status !== 'sent' || end.channel === undefined) throw new Error(JSON.stringify(end));
    const channel = end.channel.channel;
    made.slack.join({ user: 'U0ADA', channel });
    const header = await made.outbox.send(makePost('header'), { ...incident, channel: end.channel });
    if (header.status !== 'sent' || header.result.ts === null) throw new Error(header.status);
    return { ...made, channel, ts: header.result.ts };
  }

  it('Separate takes that problem out, at once', async () => {
    const asked: object[] = [];
    const separate: SlackActions['separate'] = async (input) => {
      asked.push(input);
      return { opened: makeIncident({ id: OTHER, title: 'Checkout is slow' }) };
    };
    const { slack, channel, ts } = await stage({ separate }, ['prod']);
    await slack.click({ channel, ts, action_id: 'separate_problem_0', user: 'U0ADA' });
    const told = await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    expect(asked).toEqual([{ incident: INCIDENT, problem: problemToken(paged.key), by: ADA }]);
    expect(told).toBe(
      'Took it out into INC-2026-007 (SEV2, prod). Its channel opens: #inc-2026-007-checkout-is-slow.',
    );
  });

  it.each([
    [2, { action_id: 'pick_cluster_1' }],
    [6, { action_id: 'pick_cluster_', value: `${INCIDENT} c1` }],
  ])('of %i clusters picks the one that is pressed or chosen', async (number, click) => {
    const asked: object[] = [];
    const pickCluster: SlackActions['pickCluster'] = async (input) => {
      asked.push(input);
      return { says: 'It is c1.' };
    };
    const clusters = Array.from({ length: number }, (_, index) => `c${index}`);
    const { slack, channel, ts } = await stage({ pickCluster }, clusters);
    await slack.click({ channel, ts, user: 'U0ADA', ...click });
    await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    expect(asked).toEqual([{ incident: INCIDENT, cluster: 'c1', by: ADA }]);
  });

  it('after a merge the header leads to where the other one’s channel was opened', async () => {
    const { outbox, slack, channel } = await stage({}, ['prod']);
    outbox.results.set(`channel:${OTHER}`, { channel: 'C0SEVEN', ts: null, sentAt: AT });
    const merged = makeIncident({
      status: 'resolved',
      mergedInto: OTHER,
      channel: { enterprise: null, team: 'T', channel, name: 'x' },
    });
    const refresh = { kind: 'refresh', view: 'header', plan: null, post: `header:${INCIDENT}` } as const;
    expect(await outbox.send(makeMessage(`header:${INCIDENT}@9`, refresh), merged)).toMatchObject({
      status: 'sent',
    });
    expect(JSON.stringify(slack.messages(channel))).toContain('it goes on in <#C0SEVEN>');
  });
});
