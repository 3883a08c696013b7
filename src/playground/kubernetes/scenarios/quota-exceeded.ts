import { deploymentReplicasMismatch, quotaFullyUsed, STARTING_MS } from '../alerts/workload-rules.ts';
import { putSpec } from '../controllers/objects.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const API = { namespace: 'payments', name: 'api' };
const LOAD_TEST_REPLICAS = 12;
const USUAL_REPLICAS = 2;

export const QUOTA_EXCEEDED: Scenario = {
  name: 'quota-exceeded',
  aliases: ['quota'],
  title: 'payments/api was scaled beyond what its namespace may use',
  breaks: 'For a load test payments/api was scaled from 2 to 12; the quota of payments has room for 8.',
  truth:
    'The load test is over and nobody scaled api back; the ResourceQuota refuses the pods beyond 1Gi of memory.',
  heals: 'Scale payments/api back to 2.',
  expected: 'scale',
  alerts: [deploymentReplicasMismatch(API, { tellAfterMs: STARTING_MS }), quotaFullyUsed('payments')],
  cure: (api) =>
    api.patch(`/apis/apps/v1/namespaces/${API.namespace}/deployments/${API.name}/scale`, {
      spec: { replicas: USUAL_REPLICAS },
    }),
  healthy: ({ store }) => isRolledOut(store, API),
  apply: (simulation) => {
    const found = simulation.store.get('deployments', API.namespace, API.name);
    if (found === undefined) throw new Error('there is no Deployment payments/api to scale');
    const annotations = {
      ...found.metadata.annotations,
      'payments.example/scaled-for': `load test of Friday, usually ${USUAL_REPLICAS}`,
    };
    const changed = {
      ...found,
      metadata: { ...found.metadata, annotations },
      spec: { ...found.spec, replicas: LOAD_TEST_REPLICAS },
    };
    putSpec(simulation, 'deployments', changed, found);
  },
};
