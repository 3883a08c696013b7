import { effectOf } from '../safety/effect.ts';
import { podsTaken } from '../safety/pods-taken.ts';
import { denies, type Guard, warns } from './guard.ts';

const RULE = 'safety.stateful_volumes';

/** Pods that keep data: one member at a time, and no scaling that deletes volumes. */
export const safetyStatefulVolumes: Guard = ({ operation, draft, safety }) => {
  const effect = effectOf(operation, draft);
  const { workloads, removed } = safety;
  if (effect.replaced.length + effect.scaled.length + effect.removed.length === 0) return null;
  if (!workloads.known) return denies(RULE, `whether its pods keep data cannot be seen: ${workloads.says}`);
  if (!removed.known) return denies(RULE, `whether its pods keep data cannot be seen: ${removed.says}`);
  const stateful = workloads.value.flatMap((workload) => {
    const { volumes } = workload;
    const smaller = effect.scaled.some((one) => one.workload === workload.name && one.after < one.before);
    const taken = podsTaken(workload, effect, removed.value);
    return volumes === null ? [] : [{ workload, volumes, smaller, taken }];
  });
  if (stateful.length === 0) return null;
  const losing = stateful.find(({ volumes, smaller }) => smaller && volumes.deletedWhenScaled);
  if (losing !== undefined) {
    const { workload, volumes } = losing;
    return denies(
      RULE,
      `scaling ${workload.name} down deletes volumes (${volumes.claims.join(', ')}), which nobody can take back`,
    );
  }
  // Going back is how a half-finished update of such a set is ended, and its members are down because of it.
  const second = stateful.find(
    ({ workload, taken }) =>
      taken > 0 && workload.desired > 1 && workload.ready < workload.desired && !effect.goesBack,
  );
  if (second !== undefined) {
    const { name, ready, desired } = second.workload;
    return denies(
      RULE,
      `${name} keeps data and ${ready} of its ${desired} pods are ready: this would take another away`,
    );
  }
  const names = stateful
    .map(({ workload, volumes }) => `${workload.name} (${volumes.claims.join(', ')})`)
    .join(', ');
  return warns(RULE, `its pods keep data on volumes, which this leaves as they are: ${names}`);
};
