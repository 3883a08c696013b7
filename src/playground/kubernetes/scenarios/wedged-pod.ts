import { podNotReady } from '../alerts/workload-rules.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import { at, listOr, textOr } from '../json.ts';
import { appOf } from '../metrics-usage.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CHECKOUT = { namespace: 'shop', name: 'checkout' };

export const WEDGED_POD: Scenario = {
  name: 'wedged-pod',
  aliases: ['deadlock'],
  title: 'One pod of checkout hangs while the others serve',
  breaks: 'All connections of one checkout pod wait for each other; it runs on and answers nothing.',
  truth:
    'One pod has run out of database connections in a deadlock; the same release runs well in the others.',
  heals: 'Delete the pod that is not ready; its replacement comes up clean.',
  expected: 'delete_pod',
  alerts: [podNotReady('shop', (pod) => appOf(pod) === 'shop/checkout')],
  cure: async (api) => {
    const pods = '/api/v1/namespaces/shop/pods';
    const found = listOr(at(await api.get(`${pods}?labelSelector=app%3Dcheckout`), 'items'));
    const wedged = found.find(
      (pod) => at(listOr(at(pod, 'status', 'containerStatuses'))[0], 'ready') === false,
    );
    await api.remove(`${pods}/${textOr(at(wedged, 'metadata', 'name'))}`);
  },
  healthy: ({ store }) => isRolledOut(store, CHECKOUT),
  apply: (simulation) => {
    const wedged = simulation.store
      .list('pods', 'shop')
      .find((pod) => appOf(pod) === 'shop/checkout' && pod.metadata.deletionTimestamp === undefined);
    const image = wedged?.spec.containers[0]?.image;
    if (wedged === undefined || image === undefined) throw new Error('there is no pod of checkout to wedge');
    const usual = simulation.images.get(image) ?? DEFAULT_BEHAVIOUR;
    simulation.images.set(image, (pod, container) => {
      if (pod.metadata.uid !== wedged.metadata.uid) {
        return typeof usual === 'function' ? usual(pod, container, simulation) : usual;
      }
      return {
        kind: 'never-ready',
        probeFailure: `Get "http://${pod.status.podIP}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        log: [
          'level=info msg="starting"',
          'level=info msg="listening" port=8080',
          'level=warn msg="waiting for a database connection" waiting=48 in_use=16 max=16',
          'level=error msg="no database connection after 30s" waiting=211 in_use=16 max=16',
        ],
      };
    });
  },
};
