import { NODE_NOT_READY } from '../alerts/node-rules.ts';
import { daemonSetRolloutStuck, podCrashLooping } from '../alerts/workload-rules.ts';
import { putSpec } from '../controllers/objects.ts';
import { at, listOr, numberOr } from '../json.ts';
import type { Scenario } from './scenario.ts';

const AGENT = { namespace: 'kube-system', name: 'calico-node' };
const IMAGE = 'registry.example/system/calico-node:v3.31.0';

export const CNI_FAILURE: Scenario = {
  name: 'cni-failure',
  aliases: ['cni'],
  title: 'An upgrade of the network agent that takes a node off the network',
  breaks: 'calico-node is rolled to v3.31.0; on the first node it does not start, and the node is not ready.',
  truth:
    'v3.31.0 needs a permission that its ClusterRole does not give; v3.30.3 works with the role as it is.',
  heals: 'Roll the DaemonSet kube-system/calico-node back to the revision before.',
  expected: 'rollback',
  alerts: [daemonSetRolloutStuck(AGENT), NODE_NOT_READY, podCrashLooping(AGENT)],
  cure: async (api) => {
    const path = `/apis/apps/v1/namespaces/${AGENT.namespace}`;
    const selected = `${path}/controllerrevisions?labelSelector=k8s-app%3D${AGENT.name}`;
    const revisions = listOr(at(await api.get(selected), 'items'));
    const newestFirst = revisions.toSorted(
      (left, right) => numberOr(at(right, 'revision')) - numberOr(at(left, 'revision')),
    );
    const template = at(newestFirst[1], 'data', 'spec', 'template');
    await api.patch(`${path}/daemonsets/${AGENT.name}`, { spec: { template } });
  },
  healthy: ({ store }) => {
    const status = store.get('daemonsets', AGENT.namespace, AGENT.name)?.status;
    return (
      status !== undefined &&
      status.updatedNumberScheduled === status.desiredNumberScheduled &&
      status.numberAvailable === status.desiredNumberScheduled &&
      store
        .list('nodes')
        .every((node) =>
          node.status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
        )
    );
  },
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'exits',
      afterMs: 300,
      exitCode: 1,
      log: [
        'Calico node starting version=v3.31.0',
        'FATAL felix/daemon.go: Failed to read configuration: clusterinformations.crd.projectcalico.org "default" is forbidden: User "system:serviceaccount:kube-system:calico-node" cannot get resource "clusterinformations" at the cluster scope',
      ],
    });
    const found = simulation.store.get('daemonsets', AGENT.namespace, AGENT.name);
    if (found === undefined) throw new Error('there is no DaemonSet kube-system/calico-node to upgrade');
    const { template } = found.spec;
    const containers = template.spec.containers.map((container) => ({ ...container, image: IMAGE }));
    const annotations = { ...found.metadata.annotations, 'kubernetes.io/change-cause': 'upgrade to v3.31.0' };
    putSpec(
      simulation,
      'daemonsets',
      {
        ...found,
        metadata: { ...found.metadata, annotations },
        spec: { ...found.spec, template: { ...template, spec: { ...template.spec, containers } } },
      },
      found,
    );
  },
};
