import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replays } from '../guarantees/hands.ts';
import { type Night, startNight } from './night.ts';

/** Orders' people approve checkout's changes; ada is none of them, and one of those who may break the glass. */
const POLICY = `
service: checkout
quorum: 2
allowed_actions:
  - type: rollback
    require_approval: true
    approvers:
      - team: orders-oncall
      - team: checkout-oncall
`;
const FREEZE =
  'freezes:\n  - { name: night, time_zone: UTC, rrule: "FREQ=DAILY;BYHOUR=2;BYMINUTE=0", duration: 3h }\n';

let night: Night;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-glass-'));
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

async function untilThePlan(policy: string): Promise<void> {
  writeFileSync(join(folder, 'checkout.yaml'), policy);
  night = await startNight({
    settings: (settings) => ({ ...settings, folders: { ...settings.folders, policies: [folder] } }),
  });
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  expect(await night.delivers()).toBe(202);
  await night.sees('plan.shown');
}

async function says(person: string, text: string): Promise<void> {
  const channel = (await night.incident()).channel?.channel ?? '';
  const user = night.slack.people[person] ?? '';
  night.slack.join({ user, channel });
  await night.slack.command({ user, channel, text });
}

const statuses = async () => (await night.incident()).plans.map(({ status }) => status);
const writes = () => night.writes().filter(({ path }) => path.includes('/deployments/'));
const header = () => JSON.stringify(night.messages().find(({ pinned }) => pinned));
const told = () =>
  night.slack
    .messages(night.slack.channels().find(({ name }) => name === 'incidents')?.id ?? '')
    .map(({ text }) => text)
    .join('\n');

describe('a freeze that holds while production burns', () => {
  it('is lifted for minutes by those who may: told to everybody, asked for anew, approved by one, and on the record', async () => {
    await untilThePlan(POLICY + FREEZE);
    expect(await statuses()).toEqual(['denied']);
    await says('ben', 'break-glass 15 I would like to');
    expect(await night.tellsAlone('ben')).toContain('not in sre-leads');
    await says('ada', 'break-glass 600 the freeze blocks the fix');
    expect(await night.tellsAlone('ada')).toContain('at most 60 minutes');
    expect((await night.incident()).breakGlass).toBeNull();
    await says('ada', 'break-glass 15m the freeze blocks the fix');
    const broken = await night.sees('break_glass.started');
    expect(broken.payload).toMatchObject({ name: 'ada', reason: 'the freeze blocks the fix' });
    expect(Date.parse(broken.payload.until) - Date.parse(broken.occurredAt)).toBe(15 * 60_000);
    await night.settled();
    expect(header()).toContain('The glass is broken');
    expect(told()).toContain('ada broke the glass');

    await night.presses('ada', 'refresh_plan');
    await night.sees('plan.shown');
    expect(await statuses()).toEqual(['denied', 'proposed']);
    await night.presses('ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(writes()).toMatchObject([{ method: 'PATCH', status: 200 }]);
    const plan = (await night.incident()).plans[1]?.plan;
    expect(plan?.verdict.breakGlass?.name).toBe('ada');
    expect(plan?.verdict.rules.find(({ rule }) => rule === 'policy.freeze')?.says).toContain('lifted by ada');
    await night.settled();
    expect((await night.app.store.verify(null)).fault).toBeNull();
  });

  it('stays whole when Slack brings an old command again, to a process that never saw it', async () => {
    await untilThePlan(POLICY + FREEZE);
    await says('ada', 'break-glass 5 the freeze blocks the fix');
    await night.sees('break_glass.started');
    await night.pass(5 * 60);
    await night.sees('break_glass.ended');
    await night.starts();
    expect(await replays(night)).toBeGreaterThan(0);
    await night.settled();
    expect((await night.incident()).breakGlass).toBeNull();
    expect(night.events.filter(({ type }) => type === 'break_glass.started')).toHaveLength(1);
    expect(await night.tellsAlone('ada')).toContain('say it again');
    await says('ada', 'break-glass 5 it is the same freeze');
    expect((await night.sees('break_glass.started')).payload.reason).toBe('it is the same freeze');
  });

  it('holds again when the time is over: what was made under the glass is voided, and nothing is written', async () => {
    await untilThePlan(POLICY + FREEZE);
    await says('ada', 'break-glass the freeze blocks the fix');
    await night.sees('break_glass.started');
    await night.presses('ada', 'refresh_plan');
    await night.sees('plan.shown');
    await night.pass(15 * 60);
    const ended = await night.sees('break_glass.ended');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain('under a broken glass');
    expect(voided.seq).toBe(ended.seq + 1);
    await night.settled();
    expect(header()).not.toContain('The glass is broken');
    await night.presses('ada', 'refresh_plan');
    await night.sees('plan.shown');
    expect(await statuses()).toEqual(['denied', 'voided', 'denied']);
    expect(writes()).toEqual([]);
  });
});

describe('a plan that waits for two people when the glass breaks', () => {
  it('still waits for two; Refresh puts one in its place that one person approves', async () => {
    await untilThePlan(POLICY);
    await says('ada', 'break-glass 5 nobody else is awake');
    await night.sees('break_glass.started');
    await night.settled();
    await night.presses('ada', 'approve_plan');
    await night.sees('vote.cast');
    await night.settled();
    expect(await statuses()).toEqual(['proposed']);
    await night.presses('ada', 'refresh_plan');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain('took its place');
    await night.sees('plan.shown');
    expect(await statuses()).toEqual(['voided', 'proposed']);
    expect(writes()).toEqual([]);
    await night.presses('ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(await statuses()).toEqual(['voided', 'succeeded']);
  });

  it('cannot break anything where firstmate.yaml names nobody', async () => {
    writeFileSync(join(folder, 'checkout.yaml'), POLICY);
    night = await startNight({ settings: (settings) => ({ ...settings, breakGlass: null }) });
    night.cluster.breakScenario('bad-release');
    await night.pass(5);
    await night.delivers();
    await night.sees('channel.opened');
    await says('ada', 'break-glass 5 please');
    expect(await night.tellsAlone('ada')).toContain('no break_glass');
    expect((await night.incident()).breakGlass).toBeNull();
  });
});
