import { afterEach, describe, expect, it } from 'vitest';
import type { EventNamed } from '../../src/core/events.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { clicks, faults, reached, replays, sent, untilTheCard } from './hands.ts';
import { card, documents, idOf, joins, moves } from './workspace.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const SLOW_MS = 700;

let night: Night;
afterEach(() => night.end());

async function under(rollback: string): Promise<void> {
  const policy = `service: checkout\nallowed_actions:\n  - { type: rollback, require_approval: true, ${rollback} }\n`;
  night = await startNight({ settings: documents({ policies: { 'checkout.yaml': policy } }) });
  await untilTheCard(night);
}

const plans = async () => (await night.incident()).plans;
const voters = async () => (await plans()).at(-1)?.votes.map(({ name }) => name);

/** Somebody clicks, and is told why that does not count. */
async function clicksInVain(person: string, told: RegExp): Promise<void> {
  await clicks(night, person, 'approve_plan');
  expect(await night.tellsAlone(person)).toMatch(told);
}

/** The click counts; while what follows from it waits for the cluster, something changes in the workspace. */
async function betweenClickAndExecution(change: () => Promise<unknown>): Promise<EventNamed<'plan.voided'>> {
  const from = night.cluster.requests.length;
  await faults(night, { method: 'GET', path: CHECKOUT, slow: SLOW_MS });
  await clicks(night, 'ada', 'approve_plan');
  await night.sees('plan.approved');
  await reached(night, ({ path }) => path.includes(CHECKOUT), from);
  await change();
  return night.sees('plan.voided');
}

describe('7. only the right people count', () => {
  it('a bot, a guest, a person of another workspace and a member of no listed group never do', async () => {
    night = await startNight({
      settings: (settings) => {
        const all = ['U0ADA', 'U0GUS', 'U0EVE', 'U0DEPLOYBOT', 'U0CHEN'];
        const teams = [{ name: 'checkout-oncall', slackGroup: null, members: all, oncall: null }];
        return {
          ...settings,
          teams: [...settings.teams.filter(({ name }) => name === 'sre-leads'), ...teams],
        };
      },
    });
    await untilTheCard(night);
    await joins(night, 'gus', 'eve', 'b', 'ben', 'chen');
    await clicksInVain('b', /bot/);
    await clicksInVain('gus', /guest/);
    await clicksInVain('eve', /another workspace/);
    await clicksInVain('ben', /not in checkout-oncall/);
    await moves(night, 'user', { user: idOf(night, 'chen'), is_restricted: true });
    await clicksInVain('chen', /guest/);
    expect(await plans()).toMatchObject([{ status: 'proposed', votes: [] }]);
    expect(sent(night)).toEqual([]);
  });

  it('an empty list of approvers means nobody, and the card says so', async () => {
    await under('approvers: []');
    expect(card(night)).toMatch(/nobody, its list of approvers is empty/);
    await joins(night, 'chen');
    await clicksInVain('ada', /names no team/);
    await clicksInVain('chen', /names no team/);
    expect(await plans()).toMatchObject([{ status: 'proposed', votes: [] }]);
    expect(sent(night)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    [
      'has no members',
      () => moves(night, 'group', { handle: 'checkout-oncall', users: [] }),
      'has no members, so nobody',
      /not in checkout-oncall/,
    ],
    [
      'cannot be read',
      () => moves(night, 'faults', { method: 'usergroups.users.list', error: 'internal_error', times: 50 }),
      'nobody can be counted',
      /could not be read/,
    ],
  ])('of a group that %s nobody does, and the card says so', async (_, change, shown, told) => {
    night = await startNight();
    await change();
    await untilTheCard(night);
    expect(card(night)).toContain(shown);
    await clicksInVain('ada', told);
    expect(await plans()).toMatchObject([{ status: 'proposed', votes: [] }]);
    expect(sent(night)).toEqual([]);
  });

  it('who asked for the change does not, where the policy says so', async () => {
    await under('approvers: [{ team: sre-leads }], self_approval: false');
    await night.pass(30 * 60 + 1);
    await night.sees('plan.expired');
    await night.settled();
    await clicks(night, 'ada', 'refresh_plan');
    await night.sees('plan.shown');
    await night.settled();
    expect(card(night)).toContain('not who asked for it');
    await clicksInVain('ada', /asked for a change may not approve it/);
    expect(await voters()).toEqual([]);
    await joins(night, 'chen');
    await clicks(night, 'chen', 'approve_plan');
    await night.sees('execution.finished');
    expect(sent(night)).toHaveLength(1);
  });

  it('a quorum of two is two people: one who clicks twice, from two clients, or whose click comes again is one', async () => {
    await under('approvers: [{ team: sre-leads }], quorum: 2');
    await Promise.all([clicks(night, 'ada', 'approve_plan'), clicks(night, 'ada', 'approve_plan')]);
    await clicks(night, 'ada', 'approve_plan');
    await replays(night);
    await night.settled();
    expect(await plans()).toMatchObject([{ status: 'proposed' }]);
    expect(await voters()).toEqual(['ada']);
    expect(card(night)).toContain('so far 1 of 2');
    expect(sent(night)).toEqual([]);
    await joins(night, 'chen');
    await clicks(night, 'chen', 'approve_plan');
    await night.sees('execution.finished');
    expect(await voters()).toEqual(['ada', 'chen']);
    expect(sent(night)).toHaveLength(1);
  });

  it('somebody who was of the group at the click, and is not any more when the quorum is full, does not', async () => {
    await under('approvers: [{ team: sre-leads }], quorum: 2');
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('vote.cast');
    await moves(night, 'group', { handle: 'sre-leads', users: [idOf(night, 'chen')] });
    await joins(night, 'chen');
    await clicks(night, 'chen', 'approve_plan');
    expect((await night.sees('plan.voided')).payload.reason).toContain(
      "ada's approval does not count any more",
    );
    expect(sent(night)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'was removed from the group',
      () => moves(night, 'group', { handle: 'checkout-oncall', users: [] }),
      "ada's approval does not count any more",
    ],
    [
      'was deactivated',
      () => moves(night, 'user', { user: idOf(night, 'ada'), deleted: true }),
      'deactivated account',
    ],
    [
      'was made a guest',
      () => moves(night, 'user', { user: idOf(night, 'ada'), is_restricted: true }),
      'guest',
    ],
    [
      'is of a group that cannot be read any more',
      () => moves(night, 'faults', { method: 'usergroups.users.list', error: 'internal_error', times: 50 }),
      'could not be read',
    ],
    [
      'cannot be looked up any more',
      () => moves(night, 'faults', { method: 'users.info', error: 'internal_error', times: 50 }),
      'cannot be checked',
    ],
  ])(
    'somebody who, between the click and the execution, %s does not: nothing is sent',
    async (_, change, says) => {
      night = await startNight();
      await untilTheCard(night);
      expect((await betweenClickAndExecution(change)).payload.reason).toContain(says);
      expect(sent(night)).toEqual([]);
    },
  );
});
