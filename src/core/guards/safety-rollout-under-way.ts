import { effectOf } from '../safety/effect.ts';
import { allows, denies, type Guard, warns } from './guard.ts';

const RULE = 'safety.rollout_under_way';

/** One rollout at a time. Going back ends one that is under way, and so does mending one that is stuck. */
export const safetyRolloutUnderWay: Guard = ({ operation, draft, safety }) => {
  const effect = effectOf(operation, draft);
  const shrunk = effect.scaled.filter(({ before, after }) => after < before).map(({ workload }) => workload);
  const disturbed = [...effect.replaced, ...shrunk];
  if (disturbed.length + effect.removed.length === 0) return null;
  const { workloads } = safety;
  if (!workloads.known)
    return denies(RULE, `whether a rollout is under way cannot be seen: ${workloads.says}`);
  const named = (rollout: string): string =>
    workloads.value
      .filter((workload) => workload.rollout === rollout)
      .map(({ name }) => name)
      .join(', ');
  const going = named('going');
  const stuck = named('stuck');
  if (effect.goesBack && going + stuck !== '') {
    return allows(RULE, `the rollout of ${going || stuck} that is under way ends with this`);
  }
  if (going !== '' && disturbed.length > 0) {
    return denies(RULE, `a rollout of ${going} is under way: wait for its end, or roll it back`);
  }
  if (going !== '') return warns(RULE, `a rollout of ${going} is under way`);
  if (stuck !== '') return warns(RULE, `a rollout of ${stuck} is stuck, and this does not take it back`);
  const paused = named('paused');
  return paused === '' || effect.replaced.length === effect.resumed.length
    ? null
    : warns(RULE, `${paused} is paused: this reaches no pod until it is resumed`);
};
