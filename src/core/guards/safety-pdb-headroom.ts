import { type Effect, effectOf } from '../safety/effect.ts';
import type { BudgetFacts, RemovedPod, WorkloadFacts } from '../safety/facts.ts';
import { podsTaken } from '../safety/pods-taken.ts';
import { allows, denies, type Guard } from './guard.ts';

const RULE = 'safety.pdb_headroom';

/** PodDisruptionBudgets hold for what firstmate does too: for pods that it deletes, replaces and scales away. */
export const safetyPdbHeadroom: Guard = ({ operation, draft, safety }) => {
  const effect = effectOf(operation, draft);
  const { budgets, workloads, removed } = safety;
  if (effect.replaced.length + effect.scaled.length + effect.removed.length === 0) return null;
  const missing = [budgets, workloads, removed].find((fact) => !fact.known);
  if (missing?.known === false) {
    return denies(RULE, `whether a PodDisruptionBudget forbids this cannot be seen: ${missing.says}`);
  }
  if (!budgets.known || !workloads.known || !removed.known || budgets.value.length === 0) return null;
  const judged = budgets.value.map((budget) => judgement(budget, effect, workloads.value, removed.value));
  const reasons = judged.filter(({ holds }) => !holds);
  return reasons.length > 0
    ? denies(RULE, reasons.map(({ says }) => says).join('; '))
    : allows(RULE, judged.map(({ says }) => says).join('; '));
};

function judgement(
  budget: BudgetFacts,
  effect: Effect,
  workloads: readonly WorkloadFacts[],
  removed: readonly RemovedPod[],
): { holds: boolean; says: string } {
  const name = `PodDisruptionBudget ${budget.name}`;
  const covered = workloads.filter((workload) => budget.covers.includes(workload.name));
  const gone = removed.filter((pod) => pod.ready && budget.covers.includes(pod.name)).length;
  // Evictions go one by one and the server itself makes them wait for the budget; a budget without room never lets one go.
  const leaving = effect.drains ? Math.min(1, gone) : gone;
  const taken = leaving + covered.reduce((sum, workload) => sum + podsTaken(workload, effect, []), 0);
  if (taken === 0) return { holds: true, says: `${name} is not touched: no pod that serves goes` };
  const allowed = budget.disruptionsAllowed;
  if (allowed === null) {
    return {
      holds: false,
      says: `${name} does not say yet how many pods may go (its status is older than its spec)`,
    };
  }
  const shrinks = effect.scaled.filter(({ workload }) => budget.covers.includes(workload));
  const room = `${name} lets ${count(allowed)} go now, and this takes ${taken}`;
  if (shrinks.length > 0 && leaving === 0) {
    const left = budget.currentHealthy - taken;
    const asked = healthyAfter(budget, shrinks);
    if (left >= asked) return { holds: true, says: room };
    const says = `${room}: it asks for ${asked} ready then, and ${left} would be left. Take fewer away, or change ${limitOf(budget)} of the budget`;
    return { holds: false, says };
  }
  return taken <= allowed
    ? { holds: true, says: room }
    : { holds: false, says: `${room}: ${remedy(budget, taken)}` };
}

/** What makes room: time where pods are not ready, and only people where the budget keeps all that there could be. */
function remedy(budget: BudgetFacts, taken: number): string {
  const { currentHealthy, expectedPods, minAvailable, covers } = budget;
  const asked = healthyAfter(budget, []);
  const missing = taken - (expectedPods - asked);
  if (missing <= 0) {
    return `wait until ${asked + taken} of its ${expectedPods} pods are ready (${currentHealthy} are), then press Refresh`;
  }
  const change = `change ${limitOf(budget)} of the budget, then press Refresh`;
  const [workload] = covers.filter((one) => !one.startsWith('Pod '));
  const grow =
    typeof minAvailable !== 'number' || workload === undefined
      ? ''
      : `scale ${workload} up by ${missing}, or `;
  return `waiting does not help, as it keeps ${asked} of ${count(expectedPods)}: ${grow}${change}`;
}

function limitOf({ minAvailable, maxUnavailable }: BudgetFacts): string {
  return maxUnavailable === null
    ? `minAvailable (${minAvailable ?? 1})`
    : `maxUnavailable (${maxUnavailable})`;
}

/** What the budget asks for once the workload is smaller: shares of the expected pods shrink with it. */
function healthyAfter(
  { minAvailable, maxUnavailable, expectedPods }: BudgetFacts,
  shrinks: readonly { readonly before: number; readonly after: number }[],
): number {
  const expected = expectedPods - shrinks.reduce((sum, { before, after }) => sum + before - after, 0);
  if (maxUnavailable !== null) return Math.max(0, expected - share(maxUnavailable, expected));
  return share(minAvailable ?? 1, expected);
}

/** A count, or a percentage of all rounded up, as the disruption controller does. */
function share(value: number | string, of: number): number {
  if (typeof value === 'number') return value;
  const [, percent] = /^(\d{1,3})%$/.exec(value) ?? [];
  return percent === undefined ? of : Math.ceil((Number(percent) / 100) * of);
}

function count(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`;
}
