import { describe, expect, it } from 'vitest';
import type { SlackActions } from '../../src/slack/actions.ts';
import { SORRY } from '../../src/slack/listen.ts';
import { INCIDENT, makePlan } from '../make.ts';
import { makeIncident, makeMessage, makePost, makeState, makeStep } from './make.ts';
import { fault, INCIDENTS, until, whispers, workspace } from './workspace.ts';

const PLAN = makePlan();
const ADA = { enterprise: null, team: 'T0HARBOUR', user: 'U0ADA' };

/** A running firstmate with a channel in which a card, a header and a diagnosis stand. */
async function stage(given: Partial<SlackActions> = {}) {
  const incident = makeIncident({
    runbook: {
      runbook: 'r',
      title: 'R',
      hash: 'h',
      score: 1,
      reason: 'because',
      fallback: false,
      inputs: {},
    },
    steps: [makeStep('pods'), makeStep('events', { text: 'x'.repeat(9_000) })],
    plans: [makeState()],
    status: 'monitoring',
  });
  const made = await workspace({
    actions: { incident: async () => incident, incidentOfPlan: async () => incident, ...given },
  });
  await made.bot.start();
  const end = await made.outbox.send(makeMessage(`channel:${INCIDENT}`, { kind: 'open_channel' }), incident);
  if (end.status !== 'sent' || end.channel === undefined) throw new Error(JSON.stringify(end));
  const there = { ...incident, channel: end.channel };
  const channel = end.channel.channel;
  for (const user of ['U0ADA', 'U0BEN']) made.slack.join({ user, channel });
  const post = async (view: 'header' | 'diagnosis' | 'card'): Promise<string> => {
    const sent = await made.outbox.send(makePost(view, view === 'card' ? PLAN.id : INCIDENT), there);
    if (sent.status !== 'sent' || sent.result.ts === null) throw new Error(JSON.stringify(sent));
    return sent.result.ts;
  };
  const header = await post('header');
  const diagnosis = await post('diagnosis');
  const card = await post('card');
  const press = (ts: string, action_id: string, user = 'U0ADA') =>
    made.slack.click({ channel, ts, action_id, user });
  return { ...made, channel, header, diagnosis, card, press, incident: there };
}

describe('approving', () => {
  it('reaches the use case with the plan’s id and the person, and an answer goes to that person alone', async () => {
    const asked: object[] = [];
    const { slack, channel, card, press } = await stage({
      vote: async (input) => {
        asked.push(input);
        return { says: 'You are not in a team that may approve this <!channel>.' };
      },
    });
    await press(card, 'approve_plan');
    const told = await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    expect(asked).toEqual([{ plan: PLAN.id, vote: 'approve', voter: ADA, reason: null }]);
    expect(told).toBe('You are not in a team that may approve this &lt;!channel&gt;.');
    expect(whispers(slack, channel, 'U0BEN')).toEqual([]);
  });

  it('asks for confirmation that names the cluster and carries nothing but the plan’s id', async () => {
    const { slack, channel, card } = await stage();
    const text = JSON.stringify(slack.messages(channel).find((one) => one.ts === card)?.blocks);
    const buttons = [...text.matchAll(/"value":"([^"]*)"/g)].map((found) => found[1]);
    expect(buttons).toEqual([PLAN.id, PLAN.id, PLAN.id]);
    expect(text).toContain('"text":"prod: make this change?"');
  });

  it('that fails inside tells the person to try again and logs one line', async () => {
    const { slack, channel, card, press, log } = await stage({
      vote: async () => {
        throw new Error('the disk is full');
      },
    });
    await press(card, 'approve_plan');
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[0])).toBe(SORRY);
    expect(log.lines.filter((line) => line.level === 'error')).toEqual([
      {
        level: 'error',
        about: { what: 'approve_plan', error: 'the disk is full' },
        message: 'what a person asked for in Slack failed',
      },
    ]);
  });
});

describe('rejecting', () => {
  it('asks for the reason and votes with it', async () => {
    const asked: object[] = [];
    const { slack, channel, card, press } = await stage({
      vote: async (input) => {
        asked.push(input);
        return { says: 'Noted.' };
      },
    });
    await press(card, 'reject_plan');
    const view = await until(slack, () => slack.views('U0ADA')[0]);
    const empty = await slack.submitView({
      view_id: view.id,
      user: 'U0ADA',
      values: { reason: { text: '   ' } },
    });
    expect(empty).toEqual({ closed: false, errors: { reason: 'Please say why.' } });
    expect(asked).toEqual([]);
    const closed = await slack.submitView({
      view_id: view.id,
      user: 'U0ADA',
      values: { reason: { text: 'It was the database.' } },
    });
    expect(closed.closed).toBe(true);
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[0])).toBe('Noted.');
    expect(asked).toEqual([{ plan: PLAN.id, vote: 'reject', voter: ADA, reason: 'It was the database.' }]);
  });

  it('says so when the form does not open', async () => {
    const { slack, channel, card, press } = await stage();
    await fault(slack, { method: 'views.open', error: 'expired_trigger_id' });
    await press(card, 'reject_plan');
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[0])).toContain('press Reject again');
  });
});

describe('evidence', () => {
  it('opens with all that the step saw', async () => {
    const { slack, diagnosis, press } = await stage();
    await press(diagnosis, 'show_step_1');
    const view = await until(slack, () => slack.views('U0ADA')[0]);
    expect(JSON.stringify(view.content).match(/x/g)?.length).toBeGreaterThanOrEqual(9_000);
  });

  it('of a plan opens with its requests as they will be sent', async () => {
    const { slack, card, press } = await stage();
    await press(card, 'show_plan');
    const view = await until(slack, () => slack.views('U0ADA')[0]);
    expect(JSON.stringify(view.content)).toContain(
      'PATCH /apis/apps/v1/namespaces/shop/deployments/checkout',
    );
  });
});

describe('the other buttons', () => {
  it('name the incident: take the lead, resolve', async () => {
    const asked: object[] = [];
    const { header, press, slack, channel } = await stage({
      take: async (input) => {
        asked.push(input);
        return { says: 'You lead.' };
      },
      resolve: async (input) => {
        asked.push(input);
        return { says: 'Resolved.' };
      },
    });
    await press(header, 'take_lead');
    await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    await press(header, 'resolve_incident');
    await until(slack, () => whispers(slack, channel, 'U0ADA')[1]);
    expect(asked).toEqual([
      { incident: INCIDENT, by: ADA },
      { incident: INCIDENT, by: ADA },
    ]);
  });

  it('work after Slack asked to reconnect and after the connection was cut', async () => {
    let takes = 0;
    const { header, press, slack, channel } = await stage({
      take: async () => {
        takes += 1;
        return { says: `take ${takes}` };
      },
    });
    slack.disconnectSockets();
    await press(header, 'take_lead');
    await until(slack, () => whispers(slack, channel, 'U0ADA')[0]);
    slack.dropSockets();
    await press(header, 'take_lead');
    expect(await until(slack, () => whispers(slack, channel, 'U0ADA')[1])).toBe('take 2');
  });

  it('of a watched incident open its channel', async () => {
    const asked: object[] = [];
    const { slack, outbox } = await stage({
      openChannel: async (input) => {
        asked.push(input);
        return { says: 'Opening.' };
      },
    });
    const line = await outbox.send(makePost('line'), makeIncident({ visibility: 'line' }));
    if (line.status !== 'sent' || line.result.ts === null) throw new Error(line.status);
    await slack.click({ channel: INCIDENTS, ts: line.result.ts, action_id: 'open_channel', user: 'U0BEN' });
    await until(slack, () => whispers(slack, INCIDENTS, 'U0BEN')[0]);
    expect(asked).toEqual([{ incident: INCIDENT, by: { ...ADA, user: 'U0BEN' } }]);
  });
});

describe('the command', () => {
  it('answers the person alone', async () => {
    const { slack } = await stage({ incidents: async () => [makeIncident()] });
    await slack.command({ user: 'U0BEN', channel: INCIDENTS, text: 'list' });
    const told = await until(slack, () => whispers(slack, INCIDENTS, 'U0BEN')[0]);
    expect(told).toBe(`${INCIDENT} SEV2 prod KubePodCrashLooping shop/checkout: open, watching`);
  });

  it('pauses with the reason', async () => {
    const asked: object[] = [];
    const { slack } = await stage({
      pause: async (input) => {
        asked.push(input);
        return { says: 'Paused.' };
      },
    });
    await slack.command({ user: 'U0ADA', channel: INCIDENTS, text: 'pause  the audit runs' });
    await until(slack, () => whispers(slack, INCIDENTS, 'U0ADA')[0]);
    expect(asked).toEqual([{ reason: 'the audit runs', by: ADA }]);
  });
});

describe('speaking', () => {
  it('is told to the use case for people, not for bots, joins or ourselves', async () => {
    const heard: string[] = [];
    const twice = Promise.withResolvers<void>();
    const { slack, channel, header, outbox, incident } = await stage({
      spoke: async ({ user, channel: where, ts }) => {
        heard.push(`${user.team} ${user.user} ${where.channel} ${ts}`);
        if (heard.length === 2) twice.resolve();
      },
    });
    await outbox.send(makePost('finding'), incident);
    slack.say({ user: 'U0DEPLOYBOT', channel, text: 'deployed' });
    const first = slack.say({ user: 'U0BEN', channel, text: 'looking' });
    const second = slack.say({ user: 'U0ADA', channel, text: 'me too', thread_ts: header });
    await twice.promise;
    expect(heard).toEqual([
      `T0HARBOUR U0BEN ${channel} ${first.ts}`,
      `T0HARBOUR U0ADA ${channel} ${second.ts}`,
    ]);
  });
});

describe('an answer to one person', () => {
  const HOSTILE =
    'Look at https://evil.example/prod and evil.example, <!channel> <@U0BEN> <https://evil.example|here>';

  it('links and mentions nothing of what others wrote, whether a button, a form or the command asked', async () => {
    const { slack, channel, card, press } = await stage({
      vote: async () => ({ says: HOSTILE }),
      incidents: async () => [makeIncident({ title: HOSTILE })],
    });
    const told = (count: number) =>
      until(slack, () => {
        const all = slack.messages(channel).filter((message) => message.ephemeral_to === 'U0ADA');
        return all.length < count ? undefined : all;
      });
    await press(card, 'approve_plan');
    await told(1);
    await press(card, 'reject_plan');
    const form = await until(slack, () => slack.views('U0ADA')[0]);
    await slack.submitView({ view_id: form.id, user: 'U0ADA', values: { reason: { text: 'no' } } });
    await told(2);
    await slack.command({ user: 'U0ADA', channel, text: 'list' });
    const answers = await told(3);
    expect(answers).toHaveLength(3);
    for (const { text, blocks } of answers) {
      expect(text).not.toMatch(/[<>]/);
      // Without `verbatim` Slack links a bare address (https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
      expect(blocks).toMatchObject([{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }]);
    }
  });
});
