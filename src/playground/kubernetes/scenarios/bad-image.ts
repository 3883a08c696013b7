import { deploymentReplicasMismatch } from '../alerts/workload-rules.ts';
import { release } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
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
  expected: 'rollback',
  alerts: [deploymentReplicasMismatch(ORDERS, { severity: 'critical' })],
  cure: (api) => undoRollout(api, ORDERS),
  healthy: ({ store }) => isRolledOut(store, ORDERS),
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'unpullable',
      message: `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": not found`,
    });
    release(simulation, ORDERS, IMAGE, 'release 2.9.0-rc1');
  },
};
