import { API_ERROR_BUDGET_BURN, apiserverP99 } from '../alerts/control-plane-rules.ts';
import { appOf } from '../metrics-usage.ts';
import type { Scenario } from './scenario.ts';

const CLIENT = { namespace: 'tools', name: 'inventory-sync' };

export const API_LATENCY: Scenario = {
  name: 'api-latency',
  aliases: ['apiserver-latency'],
  title: 'The API server is slow because one client asks for everything over and over',
  breaks:
    'After a watch of inventory-sync broke, it lists all pods and events of the cluster without a pause.',
  truth:
    'The pod of tools/inventory-sync is caught in a loop of full lists; a fresh process watches as it should.',
  heals: 'Restart the Deployment tools/inventory-sync.',
  expected: 'restart',
  alerts: [API_ERROR_BUDGET_BURN],
  cure: (api) => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': api.now() };
    return api.patch(`/apis/apps/v1/namespaces/${CLIENT.namespace}/deployments/${CLIENT.name}`, {
      spec: { template: { metadata: { annotations } } },
    });
  },
  healthy: (simulation) => apiserverP99(simulation) < 1,
  apply: (simulation) => {
    const { store, facts, images } = simulation;
    const pods = store.list('pods', CLIENT.namespace).filter((pod) => appOf(pod) === 'tools/inventory-sync');
    for (const pod of pods) facts.relisting.add(pod.metadata.uid);
    const image = pods[0]?.spec.containers[0]?.image;
    if (image === undefined) throw new Error('there is no pod of tools/inventory-sync to catch in a loop');
    images.set(image, (pod) =>
      facts.relisting.has(pod.metadata.uid)
        ? {
            kind: 'runs',
            log: ['level=info msg="watching" resources=pods,events'],
            every: {
              ms: 250,
              line: 'level=warn msg="watch closed: too old resource version, listing everything again" objects=48211 took=6.1s',
            },
          }
        : { kind: 'runs', log: ['level=info msg="watching" resources=pods,events'] },
    );
  },
};
