import { afterEach, describe, expect, it } from 'vitest';
import { command as pause } from '../../src/cli/pause.ts';
import { command as resume } from '../../src/cli/resume.ts';
import { newEvent } from '../../src/core/events.ts';
import { openStoreFor } from '../../src/store/open.ts';
import { invoke } from '../cli/invoke.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { clicks, faults, reached, sent, untilTheCard } from './hands.ts';
import { channelOf, commands, documents, idOf, joins, readIn } from './workspace.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
/** Long enough for a person to say a word in between. */
const SLOW_MS = 700;

let night: Night;
afterEach(() => night.end());

const statuses = async () => (await night.incident()).plans.map(({ status }) => status);

/** Refresh makes a new plan, which people approve anew. */
async function refreshesAndApproves(...people: readonly string[]): Promise<void> {
  await night.settled();
  await clicks(night, 'ada', 'refresh_plan');
  await night.sees('plan.shown');
  await night.settled();
  for (const person of people) await clicks(night, person, 'approve_plan');
}

describe('13. a person can stop it', () => {
  it('between approval and execution, from Slack: nothing is sent, everyone is told, reading goes on', async () => {
    night = await startNight();
    await untilTheCard(night);
    const from = night.cluster.requests.length;
    await faults(night, { method: 'GET', path: CHECKOUT, slow: SLOW_MS });
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.approved');
    await reached(night, ({ path }) => path.includes(CHECKOUT), from);
    await commands(night, 'ada', 'pause the release is frozen');
    await night.sees('writes.paused');
    expect((await night.sees('plan.voided')).payload.reason).toContain('the release is frozen');
    await night.settled();
    expect(sent(night)).toEqual([]);
    expect(await readIn(night, 'incidents')).toContain('the release is frozen');

    night.cluster.breakScenario('bad-image');
    await night.pass(120);
    expect(await night.delivers()).toBe(202);
    await night.settled();
    expect(night.events.filter(({ type }) => type === 'diagnosis.finished')).toHaveLength(2);
    expect(sent(night)).toEqual([]);

    await commands(night, 'ada', 'resume');
    await night.sees('writes.resumed');
    await night.pass(60);
    await night.settled();
    expect(await readIn(night, 'incidents')).toMatch(/[Ww]rites .*(resumed|go on|allowed)/);
    expect(await statuses()).toEqual(['voided']);
    expect(sent(night)).toEqual([]);
  });

  it('from the command line, across a restart; resuming revives nothing, and Refresh makes a plan that runs', async () => {
    night = await startNight();
    await untilTheCard(night);
    expect(await invoke(pause, ['--reason', 'the audit is here'], night.settings)).toMatchObject({ code: 0 });
    await night.starts();
    await night.settled();
    expect(await readIn(night, 'incidents')).toContain('the audit is here');
    await clicks(night, 'ada', 'approve_plan');
    expect((await night.sees('plan.voided')).payload.reason).toContain('the audit is here');
    await refreshesAndApproves('ada');
    await night.sees('plan.voided');
    expect(await statuses()).toEqual(['voided', 'voided']);

    expect(await invoke(resume, [], night.settings)).toMatchObject({ code: 0 });
    await night.pass(60);
    await night.settled();
    expect(await statuses()).toEqual(['voided', 'voided']);
    expect(sent(night)).toEqual([]);
    await refreshesAndApproves('ada');
    await night.sees('execution.finished');
    expect(await statuses()).toEqual(['voided', 'voided', 'succeeded']);
    expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
  });

  it('between two requests of one plan: the rest is not sent, not after a restart and not after resuming', async () => {
    night = await startNight({ settings: drainingANode() });
    await untilTheCard(night);
    await joins(night, 'chen');
    const [plan] = (await night.incident()).plans;
    expect(plan?.plan.requests.length).toBeGreaterThan(2);
    await clicks(night, 'ada', 'approve_plan');
    await faults(night, { method: 'POST', path: '/eviction', slow: SLOW_MS });
    await clicks(night, 'chen', 'approve_plan');
    await reached(night, ({ path, dryRun }) => path.includes('/eviction') && !dryRun);
    await commands(night, 'chen', 'pause that is the wrong node');
    await night.sees('writes.paused');
    await night.starts();
    await night.settled();
    expect(sent(night)).toMatchObject([{ method: 'PATCH' }, { path: expect.stringContaining('/eviction') }]);
    expect((await night.sees('execution.finished')).payload).toMatchObject({
      outcome: 'failed',
      says: expect.stringMatching(/that is the wrong node.*2 of \d+ changes were made/),
    });

    await commands(night, 'ada', 'resume');
    await night.sees('writes.resumed');
    await night.pass(60);
    await night.settled();
    expect(await statuses()).toEqual(['failed']);
    expect(sent(night)).toHaveLength(2);
  });

  it('at the last moment, when the start of the request is on disk already: it does not leave', async () => {
    let pausesNow = (): void => {};
    night = await startNight({
      onEvents: (events) => {
        if (events.some(({ type }) => type === 'write.started')) pausesNow();
      },
    });
    await untilTheCard(night);
    const beside = await openStoreFor(night.settings, 'read');
    const seq = await beside.ledger.lastSeq('system');
    const at = night.clock.now();
    const about = { occurredAt: at, actor: { kind: 'operator', name: 'ada' } } as const;
    // What `firstmate pause` writes from another process; on disk when the call returns.
    pausesNow = () =>
      void beside.ledger.append('system', seq, [newEvent('writes.paused', { reason: 'wait' }, about)], at);
    await clicks(night, 'ada', 'approve_plan');
    expect((await night.sees('execution.finished')).payload).toMatchObject({
      outcome: 'failed',
      says: 'Writes are paused: wait. Nothing was changed.',
    });
    expect(sent(night)).toEqual([]);
    await beside.close();
  });

  it('an old resume that Slack brings late lifts no newer pause, whether another process acted on it or none', async () => {
    night = await startNight();
    await untilTheCard(night);
    const channel = await channelOf(night);
    const resumes = () => night.slack.command({ user: idOf(night, 'ada'), channel, text: 'resume' });
    await commands(night, 'ada', 'pause');
    await night.sees('writes.paused');
    // The process acts on this one, and ends before Slack knows.
    night.slack.addFault({ delivery: 'slash_commands', fault: 'reset_after_apply' });
    const acted = resumes();
    await night.sees('writes.resumed');
    await night.stops();
    // Nobody sees this one.
    const unseen = resumes();
    night.clock.advance(10_000);
    expect(await invoke(pause, ['--reason', 'the audit is here'], night.settings)).toMatchObject({ code: 0 });
    await night.starts();
    await Promise.all([acted, unseen]);
    await night.settled();
    expect(await night.app.store.ledger.paused()).toMatchObject({ reason: 'the audit is here' });
    expect(await night.tellsAlone('ada')).toContain('say it again');
    await clicks(night, 'ada', 'approve_plan');
    expect((await night.sees('plan.voided')).payload.reason).toContain('the audit is here');
    expect(sent(night)).toEqual([]);

    await resumes();
    await night.sees('writes.resumed');
    expect(await night.app.store.ledger.paused()).toBeNull();
  });

  it('is not undone by who may not ask: a guest can neither stop it nor let it go on', async () => {
    night = await startNight();
    await untilTheCard(night);
    await joins(night, 'gus');
    await commands(night, 'gus', 'pause no reason');
    expect(await night.tellsAlone('gus')).toMatch(/guests/);
    await commands(night, 'ada', 'pause');
    await night.sees('writes.paused');
    await commands(night, 'gus', 'resume');
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.voided');
    expect(sent(night)).toEqual([]);
  });
});

/** The same alert, met with a change of many requests. */
function drainingANode() {
  return documents({
    runbooks: {
      'drain.yaml': `
apiVersion: firstmate.dev/v1
kind: Runbook
name: node-away
title: A node is emptied
owner: sre-leads
match: ['alertname="KubeDeploymentRolloutStuck"']
diagnose:
  - { id: nodes, run: "kubectl get nodes" }
hypotheses:
  - { id: node, category: infrastructure, when: "true", says: "The node is at fault", confidence: high, propose: [empty] }
actions:
  - id: empty
    type: drain
    run: "kubectl drain node-b --ignore-daemonsets --delete-emptydir-data"
`,
    },
    policies: {
      'checkout.yaml': `
service: checkout
allowed_actions:
  - type: drain
    require_approval: true
    approvers: [{ team: sre-leads }]
    namespaces: [shop, payments, tools, kube-system]
`,
    },
  });
}
