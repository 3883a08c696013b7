import { quantity } from '../admission/validate.ts';
import { NODE_NOT_READY, NODE_PRESSURE } from '../alerts/node-rules.ts';
import { create } from '../world/create.ts';
import type { Scenario } from './scenario.ts';

const HOG = { namespace: 'default', name: 'heap-analysis' };
const NODE = 'node-c';

export const NODE_UNDER_PRESSURE: Scenario = {
  name: 'node-not-ready',
  aliases: ['node-pressure'],
  title: 'A node that is out of memory and not ready',
  breaks:
    'Somebody started the pod default/heap-analysis by hand on node-c; it reads a heap dump of 31Gi into memory.',
  truth:
    'heap-analysis takes nearly all of the memory of node-c, so its kubelet cannot work; no other node is hurt.',
  heals: 'Delete the pod default/heap-analysis; the node recovers by itself.',
  expected: 'delete_pod',
  alerts: [NODE_NOT_READY, NODE_PRESSURE],
  cure: (api) => api.remove(`/api/v1/namespaces/${HOG.namespace}/pods/${HOG.name}`),
  healthy: ({ store }) =>
    store
      .get('nodes', undefined, NODE)
      ?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
  apply: (simulation) => {
    simulation.facts.usage.set(`${HOG.namespace}/${HOG.name}`, { cpu: 1.6, memory: quantity('32400Mi') });
    if (simulation.store.get('pods', HOG.namespace, HOG.name) !== undefined) return;
    create(simulation, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...HOG, labels: { run: HOG.name }, annotations: { 'example.com/started-by': 'jonas' } },
      spec: {
        nodeName: NODE,
        containers: [{ name: HOG.name, image: 'registry.example/tools/mat:1.15', resources: {} }],
        tolerations: [{ operator: 'Exists' }],
      },
    });
  },
};
