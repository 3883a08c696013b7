import { effectOf } from '../safety/effect.ts';
import type { WorkloadFacts } from '../safety/facts.ts';
import { podsTaken } from '../safety/pods-taken.ts';
import { allowances, allows, denies, type Guard, type GuardInput, warns } from './guard.ts';

const RULE = 'safety.replicas_left';

/**
 * Somebody has to go on serving. A workload of one pod, or with the strategy Recreate, is without pods for a while
 * whatever is done, so that is a warning; scaling to zero is for those whose policy says `min_replicas: 0`.
 */
export const safetyReplicasLeft: Guard = (input) => {
  const { operation, draft, safety } = input;
  const effect = effectOf(operation, draft);
  const { workloads, removed } = safety;
  if (effect.replaced.length + effect.scaled.length + effect.removed.length === 0) return null;
  if (!workloads.known) return denies(RULE, `how many pods would be left cannot be seen: ${workloads.says}`);
  if (!removed.known) return denies(RULE, `how many pods would be left cannot be seen: ${removed.says}`);

  const stopped = effect.scaled.filter(({ after, before }) => after === 0 && before > 0);
  if (stopped.length > 0 && !zeroAllowed(input)) {
    const names = stopped.map(({ workload }) => workload).join(', ');
    return denies(RULE, `${names} would be stopped; a policy that wants this says min_replicas: 0`);
  }
  const touched = workloads.value
    .map((workload) => ({ workload, taken: podsTaken(workload, effect, removed.value) }))
    .filter(({ workload }) => !stopped.some((one) => one.workload === workload.name));
  const emptied = touched.filter(({ workload, taken }) => taken > 0 && workload.available - taken < 1);
  const inherent = ({ workload }: { readonly workload: WorkloadFacts }): boolean =>
    workload.desired <= 1 || (workload.replaces.how === 'at_once' && effect.replaced.includes(workload.name));
  const outage = emptied.filter((one) => !inherent(one));
  if (outage.length > 0) return denies(RULE, outage.map(({ workload }) => nobodyLeft(workload)).join('; '));
  if (stopped.length > 0) {
    return warns(RULE, `${stopped.map(({ workload }) => workload).join(', ')} stops serving: no pod is left`);
  }
  if (emptied.length > 0) {
    const names = emptied.map(({ workload }) => workload.name).join(', ');
    return warns(RULE, `nothing of ${names} serves until the next pod is ready`);
  }
  if (touched.length === 0) return null;
  return allows(
    RULE,
    touched
      .map(
        ({ workload, taken }) =>
          `${workload.available - taken} of ${workload.desired} pods of ${workload.name} go on serving`,
      )
      .join('; '),
  );
};

function nobodyLeft({ name, available, desired }: WorkloadFacts): string {
  return `no pod of ${name} would go on serving (${available} of ${desired} do now)`;
}

function zeroAllowed(input: GuardInput): boolean {
  const actions = allowances(input);
  return actions.length > 0 && actions.every(({ action }) => action.minReplicas === 0);
}
