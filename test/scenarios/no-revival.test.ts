import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setPaused } from '../../src/commands.ts';
import { signatureOf } from '../../src/playground/slack/delivery/http.ts';
import { type Night, startNight } from './night.ts';

/** What Slack's response_url took, by the name of the click. */
const answers = new Map<string, string>();
const told = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { text } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { text: string };
    answers.set(request.url ?? '', text);
    response.end('ok');
  });
});

let night: Night;
let clicks = 0;
beforeEach(async () => {
  told.listen(0, '127.0.0.1');
  await once(told, 'listening');
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      slack: settings.slack === null ? null : { ...settings.slack, appToken: null, signingSecret: 'harbour' },
    }),
  });
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  await night.delivers();
  await night.sees('plan.shown');
});
afterEach(async () => {
  await night.end();
  told.close();
});

/** A payload that was kept, signed as Slack would: whatever the card shows by now. */
async function sends(payload: object): Promise<void> {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const at = String(Math.floor(Date.parse(night.clock.now()) / 1000));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': at,
    'x-slack-signature': signatureOf('harbour', at, body),
  };
  const answer = await fetch(`${night.app.url}/slack/events`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
}

const ADA = { enterprise: null, team: 'T0HARBOUR', user: 'U0ADA' };
const ada = { id: 'U0ADA', team_id: 'T0HARBOUR', username: 'ada', name: 'ada' };
const team = { id: 'T0HARBOUR', domain: 'harbour' };

const moves = (): number =>
  night.events.filter(({ type }) => type === 'plan.proposed' || type === 'vote.cast').length;

/** Presses a button that may be long gone; gives what the person is told alone, null for nothing. */
async function presses(action: string, plan: string): Promise<string | null> {
  clicks += 1;
  const channel = (await night.incident()).channel?.channel ?? '';
  const { port } = told.address() as AddressInfo;
  const before = moves();
  await sends({
    type: 'block_actions',
    user: ada,
    team,
    channel: { id: channel, name: 'inc' },
    api_app_id: 'A0FIRSTMATE',
    trigger_id: `trigger.${clicks}`,
    response_url: `http://127.0.0.1:${port}/${clicks}`,
    actions: [
      {
        type: 'button',
        action_id: action,
        block_id: 'b',
        value: plan,
        action_ts: '1',
        text: { type: 'plain_text', text: 'x' },
      },
    ],
  });
  const answer = () => answers.get(`/${clicks}`);
  while (answer() === undefined && moves() === before) await new Promise((resolve) => setImmediate(resolve));
  return answer() ?? null;
}

async function rejects(plan: string, reason: string): Promise<void> {
  await sends({
    type: 'view_submission',
    user: ada,
    team,
    api_app_id: 'A0FIRSTMATE',
    trigger_id: 'trigger.view',
    view: {
      id: 'V1',
      type: 'modal',
      callback_id: 'reject_plan_reason',
      private_metadata: JSON.stringify({ plan, channel: null, thread: null }),
      state: { values: { reason: { text: { type: 'plain_text_input', value: reason } } } },
    },
  });
}

const plans = async () =>
  (await night.incident()).plans.map(({ plan, status, votes }) => ({
    id: plan.id,
    status,
    votes: votes.length,
  }));
const writes = () => night.writes().filter(({ path }) => path.includes('/deployments/')).length;
const first = async (): Promise<string> => (await night.incident()).plans[0]?.plan.id ?? '';

/** Brings the first plan to its end. */
const ENDS = {
  expired: async () => {
    await night.pass(30 * 60 + 1);
    await night.sees('plan.expired');
  },
  voided: async () => {
    const { store } = night.app;
    const by = { actor: { kind: 'human', slack: ADA, name: 'ada' }, reason: 'a look first' } as const;
    await setPaused(store, night.clock, { paused: true, ...by });
    await presses('approve_plan', await first());
    await night.sees('plan.voided');
    await setPaused(store, night.clock, { paused: false, ...by });
  },
  rejected: async () => {
    await rejects(await first(), 'not the cause');
    await night.sees('plan.rejected');
  },
  succeeded: async () => {
    await presses('approve_plan', await first());
    await night.sees('execution.finished');
  },
} as const;

describe('a plan that is over, whatever is pressed or sent again', () => {
  it.each<[keyof typeof ENDS, string | null, string | null]>([
    ['expired', null, 'Only a change that was made'],
    ['voided', null, 'Only a change that was made'],
    ['rejected', 'rejected already', 'Only a change that was made'],
    ['succeeded', 'succeeded already', null],
  ])('stays %s: Refresh and Undo make a plan of their own or say why not', async (status, refresh, undo) => {
    await ENDS[status]();
    await night.settled();
    const plan = await first();
    const before = await plans();
    const wrote = writes();
    expect(before).toMatchObject([{ status }]);

    const approved = await presses('approve_plan', plan);
    expect(approved).toMatch(/expired|already/);
    await rejects(plan, 'changed my mind');
    await night.settled();
    expect(await plans()).toEqual(before);

    for (const [action, refused] of [
      ['refresh_plan', refresh],
      ['undo_plan', undo],
    ] as const) {
      const answer = await presses(action, plan);
      if (refused !== null) expect(answer).toContain(refused);
      else expect(answer).toBeNull();
    }
    await night.settled();
    const after = await plans();
    expect(after[0]).toEqual(before[0]);
    const offered = refresh === null || undo === null;
    expect(after.slice(1)).toMatchObject(offered ? [{ status: 'proposed', votes: 0 }] : []);
    expect(writes()).toBe(wrote);
  });

  it('is history once a later plan asks for the same: an old Refresh puts nothing in its place', async () => {
    await ENDS.expired();
    const old = await first();
    expect(await presses('refresh_plan', old)).toBeNull();
    await night.sees('plan.shown');
    expect(await presses('refresh_plan', old)).toContain('A later plan asks for the same change');
    expect(await presses('approve_plan', old)).toContain('expired');
    const [, fresh] = (await night.incident()).plans;
    expect(fresh?.plan.id).not.toBe(old);
    await presses('approve_plan', fresh?.plan.id ?? '');
    await night.sees('execution.finished');
    expect(await presses('refresh_plan', old)).toContain('A later plan asks for the same change');
    await night.settled();
    expect((await plans()).map(({ status }) => status)).toEqual(['expired', 'succeeded']);
    expect(writes()).toBe(1);
  });
});
