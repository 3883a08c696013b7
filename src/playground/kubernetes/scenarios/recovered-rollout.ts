import { timed } from '../alerts/rule.ts';
import { deploymentRolloutStuck } from '../alerts/workload-rules.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import { release } from '../world/world.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CHECKOUT = { namespace: 'shop', name: 'checkout' };
const IMAGE = 'registry.example/shop/checkout:1.42.1';
/** The first new pod is this slow, longer than the rollout's deadline; the others find its caches warm. */
const SLOW_START_MS = 3_000;
const USUAL_START_MS = 300;
/** By then the rollout is over: the alert arrives when there is nothing left to do. */
const TOLD_AFTER_MS = 2_700;
const KEPT_MS = 3_500;

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
      keepMs: KEPT_MS,
    }),
  ],
  healthy: ({ store }) => isRolledOut(store, CHECKOUT),
  apply: (simulation) => {
    let first: string | undefined;
    simulation.images.set(IMAGE, (pod) => {
      first ??= pod.metadata.uid;
      const readyAfterMs = pod.metadata.uid === first ? SLOW_START_MS : USUAL_START_MS;
      return { ...DEFAULT_BEHAVIOUR, kind: 'runs', readyAfterMs };
    });
    release(simulation, CHECKOUT, IMAGE, 'release 1.42.1');
  },
};
