import { deploymentRolloutStuck } from '../alerts/workload-rules.ts';
import { releaseTemplate } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const ORDERS = { namespace: 'shop', name: 'orders' };
const IMAGE = 'registry.example/shop/orders:2.9.0';
const MIGRATION = 'registry.example/shop/orders-migrate:2.9.0';

export const FAILING_MIGRATION: Scenario = {
  name: 'failing-migration',
  aliases: ['init-failure'],
  title: 'A release of orders whose database migration fails before the app starts',
  breaks:
    'orders is rolled to 2.9.0 with an init container that migrates the database, and ends with an error.',
  truth: 'Migration 0042 of release 2.9.0 adds a column that is there already; the new pods never start.',
  heals: 'Roll orders back to the revision before.',
  expected: 'rollback',
  alerts: [deploymentRolloutStuck(ORDERS)],
  cure: (api) => undoRollout(api, ORDERS),
  healthy: ({ store }) => isRolledOut(store, ORDERS),
  apply: (simulation) => {
    simulation.images.set(MIGRATION, {
      kind: 'exits',
      afterMs: 300,
      exitCode: 1,
      log: [
        'migrate: 41 migrations are applied, 1 is new',
        'migrate: 0042_add_voucher: ERROR: column "voucher" of relation "orders" already exists (SQLSTATE 42701)',
      ],
    });
    releaseTemplate(simulation, ORDERS, 'release 2.9.0', (spec) => ({
      ...spec,
      initContainers: [{ name: 'migrate', image: MIGRATION, resources: {}, imagePullPolicy: 'IfNotPresent' }],
      containers: spec.containers.map((container) => ({ ...container, image: IMAGE })),
    }));
  },
};
