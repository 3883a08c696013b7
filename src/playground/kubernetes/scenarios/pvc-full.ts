import { volumeFillingUp } from '../alerts/node-rules.ts';
import { podCrashLooping } from '../alerts/workload-rules.ts';
import { volumeStats } from '../controllers/volumes.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import type { Scenario } from './scenario.ts';

const DATABASE = { namespace: 'shop', name: 'orders-db' };
const CLAIM = { namespace: 'shop', name: 'data-orders-db-0' };
const FULL_SHARE = 0.99;

export const PVC_FULL: Scenario = {
  name: 'pvc-full',
  aliases: ['disk-full'],
  title: 'The disk of the orders database is full',
  breaks: 'The write-ahead log of orders-db has grown until its volume of 10Gi was full; the database stops.',
  truth: 'The volume of data-orders-db-0 has no room left; the database panics when it cannot write its log.',
  heals: 'Grow the claim shop/data-orders-db-0 to 20Gi; its storage class allows that.',
  expected: 'by_hand',
  alerts: [volumeFillingUp(CLAIM), podCrashLooping(DATABASE)],
  cure: (api) =>
    api.patch(`/api/v1/namespaces/${CLAIM.namespace}/persistentvolumeclaims/${CLAIM.name}`, {
      spec: { resources: { requests: { storage: '20Gi' } } },
    }),
  healthy: ({ store }) => {
    const set = store.get('statefulsets', DATABASE.namespace, DATABASE.name);
    return set !== undefined && set.status.readyReplicas === set.spec.replicas;
  },
  apply: ({ facts, images, store }) => {
    const image = store.get('statefulsets', DATABASE.namespace, DATABASE.name)?.spec.template.spec
      .containers[0]?.image;
    if (image === undefined) throw new Error('there is no StatefulSet shop/orders-db to break');
    images.set(image, (_pod, _container, simulation) => {
      const claim = simulation.store.get('persistentvolumeclaims', CLAIM.namespace, CLAIM.name);
      const { used, capacity } =
        claim === undefined ? { used: 0, capacity: 1 } : volumeStats(simulation, claim);
      if (used < capacity * FULL_SHARE) return DEFAULT_BEHAVIOUR;
      return {
        kind: 'exits',
        afterMs: 300,
        exitCode: 1,
        log: [
          'LOG:  database system was not properly shut down; automatic recovery in progress',
          'PANIC:  could not write to file "pg_wal/xlogtemp.31": No space left on device',
        ],
      };
    });
    facts.volumes.set(`${CLAIM.namespace}/${CLAIM.name}`, 10 * 2 ** 30);
  },
};
