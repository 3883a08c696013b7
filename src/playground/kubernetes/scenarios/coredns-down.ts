import { COREDNS_DOWN } from '../alerts/control-plane-rules.ts';
import { podCrashLooping } from '../alerts/workload-rules.ts';
import { deletePod } from '../controllers/pods.ts';
import { DEFAULT_BEHAVIOUR } from '../images.ts';
import { at, textOr } from '../json.ts';
import { appOf } from '../metrics-usage.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const COREDNS = { namespace: 'kube-system', name: 'coredns' };
const GOOD = 'forward . /etc/resolv.conf';
const BAD = 'forward . dns.corp.internal';

export const COREDNS_DOWN_SCENARIO: Scenario = {
  name: 'coredns-down',
  aliases: ['dns'],
  title: 'CoreDNS does not start any more, and no name in the cluster resolves',
  breaks: 'The Corefile was edited to forward to a host name, and the pods of CoreDNS were restarted.',
  truth:
    'forward takes addresses or a file; "dns.corp.internal" in the ConfigMap kube-system/coredns is neither.',
  heals: 'Put "forward . /etc/resolv.conf" back into the ConfigMap kube-system/coredns.',
  expected: 'by_hand',
  alerts: [COREDNS_DOWN, podCrashLooping(COREDNS)],
  cure: async (api) => {
    const path = `/api/v1/namespaces/${COREDNS.namespace}/configmaps/${COREDNS.name}`;
    const Corefile = textOr(at(await api.get(path), 'data', 'Corefile')).replace(BAD, GOOD);
    await api.patch(path, { data: { Corefile } });
  },
  healthy: ({ store }) => isRolledOut(store, COREDNS),
  apply: (simulation) => {
    const { store, images } = simulation;
    const map = store.get('configmaps', COREDNS.namespace, COREDNS.name);
    const image = store.get('deployments', COREDNS.namespace, COREDNS.name)?.spec.template.spec.containers[0]
      ?.image;
    if (map === undefined || image === undefined) throw new Error('there is no CoreDNS to break');
    images.set(image, () => {
      const corefile = textOr(
        at(store.get('configmaps', COREDNS.namespace, COREDNS.name), 'data', 'Corefile'),
      );
      if (!corefile.includes(BAD)) return DEFAULT_BEHAVIOUR;
      return {
        kind: 'exits',
        afterMs: 200,
        exitCode: 1,
        log: ['plugin/forward: not an IP address or file: "dns.corp.internal"'],
      };
    });
    const corefile = textOr(at(map, 'data', 'Corefile')).replace(GOOD, BAD);
    store.put('configmaps', { ...map, data: { Corefile: corefile } });
    for (const pod of store.list('pods', COREDNS.namespace)) {
      if (appOf(pod) === 'kube-system/coredns') deletePod(simulation, pod, 1);
    }
  },
};
