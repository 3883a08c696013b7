import { timed } from '../alerts/rule.ts';
import { deploymentRolloutStuck } from '../alerts/workload-rules.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import { release } from '../world/world.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CHECKOUT = { namespace: 'shop', name: 'checkout' };
const IMAGE = 'registry.example/shop/checkout:1.42.1';
/** By then the rollout is over: the alert arrives when there is nothing left to do. */
const TOLD_AFTER_MS = 12_000;
const KEPT_MS = 8_000;

export const RECOVERED_ROLLOUT: Scenario = {
  name: 'recovered-rollout',
  aliases: ['slow-rollout'],
  title: 'A rollout of checkout that was slow, and is through when the alert arrives',
  breaks: 'checkout is rolled to 1.42.1, which warms its caches for longer than the rollout is given.',
  truth: 'The new pods took a few seconds longer to get ready; the rollout is complete and all pods serve.',
  heals: 'Nothing: it has recovered by itself.',
  expected: 'nothing',
  alerts: [
    timed(deploymentRolloutStuck(CHECKOUT, { severity: 'critical' }), {
      tellAfterMs: TOLD_AFTER_MS,
      keepMs: TOLD_AFTER_MS + KEPT_MS,
    }),
  ],
  healthy: ({ store }) => isRolledOut(store, CHECKOUT),
  apply: (simulation) => {
    simulation.images.set(IMAGE, { ...DEFAULT_BEHAVIOUR, kind: 'runs', readyAfterMs: 3_500 });
    release(simulation, CHECKOUT, IMAGE, 'release 1.42.1');
  },
};
