import type { Pod, Taint, Toleration } from '../types.ts';

function matches(one: Toleration, taint: Taint): boolean {
  if (one.effect !== undefined && one.effect !== '' && one.effect !== taint.effect) return false;
  if (one.key === undefined || one.key === '') return one.operator === 'Exists';
  if (one.key !== taint.key) return false;
  return one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '');
}

/** What the DaemonSet controller lets its pods bear on top of their own tolerations. */
const DAEMON_KEYS = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
];

/**
 * The toleration with which a pod bears a taint, undefined where it does not.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export function toleration(pod: Pod, taint: Taint): Toleration | undefined {
  const daemon = (pod.metadata.ownerReferences ?? []).some(({ kind }) => kind === 'DaemonSet');
  if (daemon && DAEMON_KEYS.some((key) => taint.key === `node.kubernetes.io/${key}`)) {
    return { key: taint.key, operator: 'Exists', effect: taint.effect };
  }
  return (pod.spec.tolerations ?? []).find((one) => matches(one, taint));
}
