import { containerWaiting } from '../alerts/workload-rules.ts';
import { releaseTemplate } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CATALOG = { namespace: 'shop', name: 'catalog' };
const IMAGE = 'registry.example/shop/catalog:0.19.5';

export const MISSING_CONFIG: Scenario = {
  name: 'missing-config',
  aliases: ['missing-configmap'],
  title: 'A release of catalog that asks for a ConfigMap that does not exist',
  breaks: 'catalog is rolled to 0.19.5, which takes its settings from the ConfigMap catalog-flags.',
  truth: 'Nobody has created the ConfigMap catalog-flags in shop; 0.19.4 did not need it.',
  heals: 'Roll catalog back to the revision before.',
  expected: 'rollback',
  alerts: [containerWaiting(CATALOG)],
  cure: (api) => undoRollout(api, CATALOG),
  healthy: ({ store }) => isRolledOut(store, CATALOG),
  apply: (simulation) => {
    releaseTemplate(simulation, CATALOG, 'release 0.19.5', (spec) => ({
      ...spec,
      containers: spec.containers.map((container) => ({
        ...container,
        image: IMAGE,
        envFrom: [{ configMapRef: { name: 'catalog-flags' } }],
      })),
    }));
  },
};
