import { release } from '../world/world.ts';
import { isRolledOut, lacksReplicas } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const ORDERS = { namespace: 'shop', name: 'orders' };
const IMAGE = 'registry.example/shop/orders:2.9.0-rc1';

export const BAD_IMAGE: Scenario = {
  name: 'bad-image',
  aliases: ['orders'],
  title: 'A release of orders whose image does not exist',
  breaks: 'orders is rolled to the tag 2.9.0-rc1, which was never pushed to the registry.',
  truth: 'The tag 2.9.0-rc1 is not in the registry; 2.8.0 is.',
  heals: 'Roll orders back to the revision before.',
  alert: {
    labels: {
      alertname: 'KubeDeploymentReplicasMismatch',
      namespace: 'shop',
      deployment: 'orders',
      severity: 'critical',
    },
    annotations: {
      summary: 'Deployment has not matched the expected number of replicas.',
      description: 'Deployment shop/orders has not matched the expected number of replicas.',
      runbook_url:
        'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubedeploymentreplicasmismatch',
    },
  },
  healthy: (store) => isRolledOut(store, ORDERS),
  fires: (store) => lacksReplicas(store, ORDERS),
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'unpullable',
      message: `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": not found`,
    });
    release(simulation, ORDERS, IMAGE, 'release 2.9.0-rc1');
  },
};
