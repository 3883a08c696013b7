import { FIRSTMATE } from '../core/actor.ts';
import type { Command } from '../core/decision.ts';
import { type Incident, planOf } from '../core/incident.ts';
import type { Plan } from '../core/plan.ts';
import type { PlanState } from '../core/plan-state.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Clusters } from '../core/ports/cluster.ts';
import { type Acted, act } from './act.ts';
import { changeOf, judgeChange } from './judge-change.ts';
import { alteredOnDisk, objectionTo, type Rechecking, recheck, stillSo } from './recheck.ts';
import { type Decide, type Sending, sendPlan } from './send-plan.ts';

export type Executing = Rechecking & Sending & { readonly clusters: Clusters; readonly log: Log };

/**
 * Carries an approved plan out, once. Everything that was checked at the click is checked again; each request's
 * start is on disk before it leaves. After a crash it goes on here: what has a start and no end is settled by
 * reading the cluster, and never sent again.
 */
export async function execute(
  executing: Executing,
  incident: Incident,
  plan: Plan,
  stop: AbortSignal,
): Promise<void> {
  const decided = (command: Command): Promise<Acted> =>
    act(executing, incident.id, command, { actor: FIRSTMATE, cause: null });
  const writer = executing.clusters.writer(plan.cluster);
  if (writer === undefined) {
    await decided({
      do: 'void',
      plan: plan.id,
      reason: `The cluster ${plan.cluster} is not configured any more.`,
    });
    return;
  }

  let state = planOf(incident, plan.id);
  if (state?.status === 'approved') {
    const objection = stillSo(executing, state);
    if (objection !== null) {
      await decided({ do: 'void', plan: plan.id, reason: objection });
      return;
    }
    const holds = await recheck(executing, writer, plan, stop);
    if (holds === 'stopped') return;
    if (holds !== null) {
      await decided({ do: 'void', plan: plan.id, reason: holds });
      return;
    }
    const paused = await executing.ledger.paused();
    if (paused !== null) {
      await decided({
        do: 'void',
        plan: plan.id,
        reason: `Writes are paused (${paused.reason}). Resume, then press Refresh.`,
      });
      return;
    }
    const claimed = await judgeAndClaim(executing, incident, state, decided, stop);
    if (claimed?.status !== 'done') return;
    state = planOf(claimed.incident, plan.id);
  }
  if (state?.status !== 'executing') return;
  await sendPlan(executing, writer, state, decided, stop);
}

/**
 * The rules speak once more, on the facts as they are now; then the execution is claimed. Null when it is not. One
 * at a time for a service in a cluster, since a limit on changes counts the claims before.
 */
async function judgeAndClaim(
  executing: Executing,
  incident: Incident,
  state: PlanState,
  decided: Decide,
  stop: AbortSignal,
): Promise<Acted | null> {
  const { plan } = state;
  return executing.mailbox.run(`claim ${plan.cluster} ${incident.service}`, 'ordinary', async () => {
    const change = changeOf(executing.catalog(), plan);
    const { verdict } = await judgeChange(executing, { incident, change, stop });
    if (stop.aborted) return null;
    const objection =
      (await objectionTo(executing, state, verdict)) ?? (await alteredOnDisk(executing, incident));
    if (objection !== null) {
      await decided({ do: 'void', plan: plan.id, reason: objection });
      return null;
    }
    // Slack was asked meanwhile, which takes as long as it takes.
    if (stop.aborted) return null;
    return decided({ do: 'claim', plan: plan.id, paused: null });
  });
}
