import type { JsonObject } from '../json.ts';
import type { KubeObject } from '../kube.ts';
import { containersOf, podReady, podReason } from '../pods.ts';
import { secondsSince, text } from './fields.ts';

export function podFacts(pod: KubeObject, now: Date): JsonObject {
  const containers = containersOf(pod);
  return {
    kind: 'Pod',
    name: pod.metadata?.name ?? '',
    namespace: pod.metadata?.namespace ?? '',
    phase: text(pod, 'status', 'phase'),
    ready: podReady(pod),
    restarts: containers.reduce((sum, one) => sum + one.restarts, 0),
    reason: podReason(pod),
    node: text(pod, 'spec', 'nodeName'),
    ageSeconds: secondsSince(pod.metadata?.creationTimestamp, now),
    image: containers[0]?.image ?? '',
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    containers: containers.map((one) => ({
      name: one.name,
      image: one.image,
      ready: one.ready,
      restarts: one.restarts,
      reason: one.reason,
      exitCode: one.exitCode,
      lastReason: one.lastReason,
    })),
  };
}
