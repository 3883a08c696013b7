import { podNotReady, statefulSetReplicasMismatch } from '../alerts/workload-rules.ts';
import { appOf } from '../metrics-usage.ts';
import { create } from '../world/create.ts';
import { service, statefulSet } from '../world/manifests.ts';
import type { Scenario } from './scenario.ts';

const SEARCH = { namespace: 'shop', name: 'search' };

export const PVC_UNBOUND: Scenario = {
  name: 'pvc-unbound',
  aliases: ['pvc-pending'],
  title: 'A new service that never starts because its volume claim stays unbound',
  breaks: 'shop/search is installed with claims of the storage class fast-nvme.',
  truth:
    'This cluster has no storage class fast-nvme, only standard; the claim data-search-0 can never be bound.',
  heals: 'Delete the claim data-search-0 and create it again with the storage class standard.',
  expected: 'by_hand',
  alerts: [statefulSetReplicasMismatch(SEARCH), podNotReady('shop', (pod) => appOf(pod) === 'shop/search')],
  cure: async (api) => {
    const path = '/api/v1/namespaces/shop/persistentvolumeclaims';
    await api.remove(`${path}/data-search-0`);
    await api.post(path, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-search-0' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        resources: { requests: { storage: '20Gi' } },
      },
    });
  },
  healthy: ({ store }) => {
    const set = store.get('statefulsets', SEARCH.namespace, SEARCH.name);
    return set === undefined || set.status.readyReplicas === set.spec.replicas;
  },
  apply: (simulation) => {
    if (simulation.store.get('statefulsets', SEARCH.namespace, SEARCH.name) !== undefined) return;
    create(simulation, service(SEARCH));
    create(
      simulation,
      statefulSet({
        ...SEARCH,
        image: 'registry.example/shop/search:1.2.0',
        team: 'shop',
        storage: '20Gi',
        storageClassName: 'fast-nvme',
      }),
    );
  },
};
