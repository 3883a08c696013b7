import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Team } from '../../src/core/team.ts';
import { type Night, startNight } from './night.ts';

let night: Night;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-approvers-'));
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A plan for checkout that `quorum` people of the team have to approve. */
async function untilThePlan(team: Team, quorum: number): Promise<void> {
  const policy = `service: checkout\nquorum: ${quorum}\nallowed_actions: [{ type: rollback, approvers: [{ team: ${team.name} }] }]\n`;
  writeFileSync(join(folder, 'checkout.yaml'), policy);
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      teams: [...settings.teams, team],
      folders: { ...settings.folders, policies: [folder] },
    }),
  });
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  expect(await night.delivers()).toBe(202);
  await night.sees('plan.shown');
  const channel = (await night.incident()).channel?.channel ?? '';
  for (const name of ['ben', 'chen']) night.slack.join({ user: night.slack.people[name] ?? '', channel });
}

const writes = () => night.writes().filter(({ path }) => path.includes('/deployments/'));
const card = () => JSON.stringify(night.messages().findLast(({ text }) => text.includes('rollback')) ?? null);

describe('who approves', () => {
  it.each([
    ['a user group', 'sre-leads', 'chen'],
    ['a person', 'U0CHEN', 'chen'],
  ])('is who is on call, where a team is nothing else: %s', async (_, oncall, approver) => {
    await untilThePlan({ name: 'pager', slackGroup: null, members: [], oncall }, 1);
    expect(card()).toContain('<@U0CHEN>');
    await night.presses('ben', 'approve_plan');
    expect(await night.tellsAlone('ben')).toContain('not in pager');
    await night.presses(approver, 'approve_plan');
    await night.sees('execution.finished');
    expect(writes()).toHaveLength(1);
  });

  it('is looked up anew right before the change: who left the team meanwhile does not count', async () => {
    await untilThePlan({ name: 'pager', slackGroup: null, members: [], oncall: 'sre-leads' }, 2);
    await night.presses('ada', 'approve_plan');
    await night.sees('vote.cast');
    await night.settled();
    expect(card()).toContain('so far 1 of 2: <@U0ADA>');
    night.slack.changeGroup({ handle: 'sre-leads', users: ['U0CHEN', 'U0BEN'] });
    await night.presses('chen', 'approve_plan');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain("ada's approval does not count any more");
    expect(writes()).toEqual([]);
  });

  it('is nobody where the group cannot be read, and the card says why', async () => {
    await untilThePlan({ name: 'pager', slackGroup: 'gone', members: ['U0ADA'], oncall: null }, 1);
    expect(card()).toContain('Slack has no user group @gone');
    await night.presses('ada', 'approve_plan');
    expect(await night.tellsAlone('ada')).toContain('could not be read');
    expect((await night.incident()).plans[0]?.votes).toEqual([]);
    expect(writes()).toEqual([]);
  });
});
