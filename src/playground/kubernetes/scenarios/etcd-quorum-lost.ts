import { ETCD_RULES, STORM_WITHOUT_ETCD } from '../alerts/control-plane-rules.ts';
import { ETCD_MEMBERS, hasQuorum } from '../facts.ts';
import type { Scenario } from './scenario.ts';

export const ETCD_QUORUM_LOST: Scenario = {
  name: 'etcd-quorum-lost',
  aliases: ['etcd'],
  title: 'Two of three members of etcd are gone, and everything alerts at once',
  breaks: 'The hosts of two members of etcd lose power. The API can still be read, but takes no change.',
  truth:
    'etcd has lost its quorum: two of three members do not answer. All the other alerts follow from that.',
  heals:
    'Bring the hosts of etcd back, or restore etcd from a snapshot; nothing in the cluster itself heals it.',
  expected: 'by_hand',
  alerts: [...ETCD_RULES, ...STORM_WITHOUT_ETCD],
  healthy: ({ facts }) => hasQuorum(facts),
  apply: ({ facts }) => {
    for (const member of ETCD_MEMBERS.slice(1)) facts.etcdDown.add(member);
  },
  heal: ({ facts }) => facts.etcdDown.clear(),
};
