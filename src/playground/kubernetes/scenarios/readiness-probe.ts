import { deploymentRolloutStuck, podNotReady } from '../alerts/workload-rules.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import { appOf } from '../metrics-usage.ts';
import { releaseTemplate } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const ORDERS = { namespace: 'shop', name: 'orders' };
const IMAGE = 'registry.example/shop/orders:2.8.1';

export const READINESS_PROBE: Scenario = {
  name: 'readiness-probe',
  aliases: ['readiness-probe-wrong'],
  title: 'A release of orders whose readiness probe asks for a page that is not there',
  breaks: 'orders is rolled to 2.8.1, and its readiness probe was changed from /healthz to /ready with it.',
  truth: 'orders 2.8.1 runs well, but answers 404 to /ready: the probe is wrong, so no new pod gets traffic.',
  heals: 'Roll orders back to the revision before.',
  expected: 'rollback',
  alerts: [deploymentRolloutStuck(ORDERS), podNotReady('shop', (pod) => appOf(pod) === 'shop/orders')],
  cure: (api) => undoRollout(api, ORDERS),
  healthy: ({ store }) => isRolledOut(store, ORDERS),
  apply: (simulation) => {
    simulation.images.set(IMAGE, { ...DEFAULT_BEHAVIOUR, kind: 'runs', paths: ['/healthz', '/livez'] });
    releaseTemplate(simulation, ORDERS, 'release 2.8.1', (spec) => ({
      ...spec,
      containers: spec.containers.map((container) => ({
        ...container,
        image: IMAGE,
        readinessProbe: {
          ...Object(container.readinessProbe),
          httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
        },
      })),
    }));
  },
};
