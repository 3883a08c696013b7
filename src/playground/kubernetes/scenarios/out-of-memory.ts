import { quantity } from '../admission/validate.ts';
import {
  deploymentReplicasMismatch,
  LOOK_BACK_MS,
  podCrashLooping,
  STARTING_MS,
} from '../alerts/workload-rules.ts';
import { at, listOr } from '../json.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const API = { namespace: 'payments', name: 'api' };
const NEED = '300Mi';

export const OUT_OF_MEMORY: Scenario = {
  name: 'out-of-memory',
  aliases: ['oom'],
  title: 'payments/api needs more memory than its limit allows',
  breaks: 'The exchange rates that api keeps in memory have grown; its containers are killed at 256Mi.',
  truth:
    'api needs about 300Mi since its table of rates grew; no release of the last days has to do with it.',
  heals: 'Raise the memory limit of payments/api above 300Mi.',
  expected: 'by_hand',
  alerts: [
    podCrashLooping(API),
    deploymentReplicasMismatch(API, { tellAfterMs: STARTING_MS, keepMs: LOOK_BACK_MS }),
  ],
  cure: async (api) => {
    const path = `/apis/apps/v1/namespaces/${API.namespace}/deployments/${API.name}`;
    const [container] = listOr(at(await api.get(path), 'spec', 'template', 'spec', 'containers'));
    const resources = {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    };
    const containers = [{ ...Object(container), resources }];
    await api.patch(path, { spec: { template: { spec: { containers } } } });
  },
  healthy: ({ store }) => isRolledOut(store, API),
  apply: ({ facts }) => {
    facts.usage.set('payments/api', { cpu: 0.08, memory: quantity(NEED) });
  },
};
