import { effectOf } from '../safety/effect.ts';
import { denies, type Guard } from './guard.ts';

const RULE = 'safety.autoscaler';

/** What a HorizontalPodAutoscaler sets is not set by hand: it would take the change back within seconds. */
export const safetyAutoscaler: Guard = ({ operation, draft, safety }) => {
  const { scaled } = effectOf(operation, draft);
  if (scaled.length === 0) return null;
  const { autoscalers } = safety;
  if (!autoscalers.known) {
    return denies(
      RULE,
      `whether a HorizontalPodAutoscaler sets the replicas cannot be seen: ${autoscalers.says}`,
    );
  }
  const fighting = autoscalers.value.filter(({ workload }) =>
    scaled.some((one) => one.workload === workload),
  );
  if (fighting.length === 0) return null;
  return denies(
    RULE,
    fighting
      .map(
        ({ name, workload, min, max }) =>
          `HorizontalPodAutoscaler ${name} keeps ${workload} between ${min} and ${max} and would take this back: change its bounds instead`,
      )
      .join('; '),
  );
};
