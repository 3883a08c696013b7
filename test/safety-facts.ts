import { known, type SafetyFacts, type WorkloadFacts } from '../src/core/safety/facts.ts';

/** The Deployment of test/make.ts: three pods serve, nothing is under way. */
export function workload(changes: Partial<WorkloadFacts> = {}): WorkloadFacts {
  return {
    name: 'Deployment shop/checkout',
    desired: 3,
    ready: 3,
    available: 3,
    updated: 3,
    replaces: { how: 'rolling', maxUnavailable: 0 },
    rollout: 'done',
    volumes: null,
    ...changes,
  };
}

/** Facts to which no safety check objects. */
export function allIsWell(changes: Partial<SafetyFacts> = {}): SafetyFacts {
  return {
    workloads: known([workload()]),
    removed: known([]),
    budgets: known([]),
    autoscalers: known([]),
    owners: known([]),
    drain: known(null),
    slos: [],
    ...changes,
  };
}
