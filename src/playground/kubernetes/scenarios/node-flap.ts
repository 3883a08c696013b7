import { NODE_NOT_READY, NODE_READINESS_FLAPPING, NODE_UNREACHABLE } from '../alerts/node-rules.ts';
import { type AlertRule, timed } from '../alerts/rule.ts';
import { daemonSetRolloutStuck, deploymentReplicasMismatch, podNotReady } from '../alerts/workload-rules.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'node-b';
const OUTAGE_MS = 1_500;
/** The alerts arrive when the node is back already. */
const TOLD_AFTER_MS = 2_000;
const KEPT_MS = 3_000;

const STORM: readonly AlertRule[] = [
  NODE_READINESS_FLAPPING,
  NODE_NOT_READY,
  NODE_UNREACHABLE,
  podNotReady(undefined, (pod) => pod.spec.nodeName === NODE),
  ...['calico-node', 'kube-proxy'].map((name) => daemonSetRolloutStuck({ namespace: 'kube-system', name })),
  ...['checkout', 'orders', 'catalog'].map((name) => deploymentReplicasMismatch({ namespace: 'shop', name })),
  deploymentReplicasMismatch({ namespace: 'payments', name: 'api' }),
];

export const NODE_FLAP: Scenario = {
  name: 'node-flap',
  aliases: ['flap'],
  title: 'A storm of alerts from one node that was gone for a moment',
  breaks:
    'node-b loses its network for a few seconds; everything on it counts as not ready, and then is again.',
  truth: 'A cable was replugged: the node was gone for a moment and is back, no pod was lost.',
  heals: 'Nothing: it has recovered by itself.',
  expected: 'nothing',
  alerts: STORM.map((rule) => timed(rule, { tellAfterMs: TOLD_AFTER_MS, keepMs: KEPT_MS })),
  healthy: ({ store }) =>
    store
      .get('nodes', undefined, NODE)
      ?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
  apply: ({ facts, clock }) => {
    facts.outages.set(NODE, { since: clock.now(), until: clock.now() + OUTAGE_MS });
  },
};
