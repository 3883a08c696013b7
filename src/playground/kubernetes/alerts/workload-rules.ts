import { isReady } from '../controllers/pods.ts';
import { at, listOr, textOr } from '../json.ts';
import { appOf } from '../metrics-usage.ts';
import { isStuck, lacksReplicas, type Place } from '../scenarios/rollout.ts';
import type { Simulation } from '../simulation.ts';
import type { Pod } from '../types.ts';
import { type AlertRule, type Labels, runbookUrl } from './rule.ts';

type Options = { severity?: string; tellAfterMs?: number; keepMs?: number };

/** KubePodCrashLooping looks back five minutes; here long enough to bridge the time between two crashes. */
export const LOOK_BACK_MS = 20_000;
/** A pod that merely starts is not worth an alert. */
export const STARTING_MS = 3_000;

function podsOf(simulation: Simulation, app: Place): Pod[] {
  return simulation.store
    .list('pods', app.namespace)
    .filter((pod) => appOf(pod) === `${app.namespace}/${app.name}`);
}

function waiting(pod: Pod, wanted: (reason: string) => boolean): Labels[] {
  return (pod.status.containerStatuses ?? []).flatMap(({ name, state }) => {
    const reason = state.waiting?.reason;
    if (reason === undefined || !wanted(reason)) return [];
    const { namespace = '', uid } = pod.metadata;
    return [{ namespace, pod: pod.metadata.name, container: name, reason, uid, job: 'kube-state-metrics' }];
  });
}

export function deploymentRolloutStuck(place: Place, options: Options = {}): AlertRule {
  const { namespace, name } = place;
  return {
    alertname: 'KubeDeploymentRolloutStuck',
    labels: { namespace, deployment: name, severity: options.severity ?? 'warning' },
    summary: 'Deployment rollout is not progressing.',
    runbookUrl: runbookUrl('kubernetes', 'KubeDeploymentRolloutStuck'),
    describe: () => `Rollout of deployment ${namespace}/${name} is not progressing.`,
    holds: ({ store }) => (isStuck(store, place) ? [{}] : []),
  };
}

export function deploymentReplicasMismatch(place: Place, options: Options = {}): AlertRule {
  const { namespace, name } = place;
  return {
    alertname: 'KubeDeploymentReplicasMismatch',
    labels: { namespace, deployment: name, severity: options.severity ?? 'warning' },
    summary: 'Deployment has not matched the expected number of replicas.',
    runbookUrl: runbookUrl('kubernetes', 'KubeDeploymentReplicasMismatch'),
    describe: () => `Deployment ${namespace}/${name} has not matched the expected number of replicas.`,
    holds: ({ store }) => (lacksReplicas(store, place) ? [{}] : []),
    tellAfterMs: options.tellAfterMs ?? 0,
    keepMs: options.keepMs ?? 0,
  };
}

export function podCrashLooping(app: Place): AlertRule {
  return {
    alertname: 'KubePodCrashLooping',
    labels: { namespace: app.namespace, severity: 'warning' },
    summary: 'Pod is crash looping.',
    runbookUrl: runbookUrl('kubernetes', 'KubePodCrashLooping'),
    describe: ({ namespace, pod, container }) =>
      `Pod ${namespace}/${pod} (${container}) is in waiting state (reason: "CrashLoopBackOff").`,
    holds: (simulation) =>
      podsOf(simulation, app).flatMap((pod) => waiting(pod, (reason) => reason === 'CrashLoopBackOff')),
    keepMs: LOOK_BACK_MS,
  };
}

export function containerWaiting(app: Place): AlertRule {
  return {
    alertname: 'KubeContainerWaiting',
    labels: { namespace: app.namespace, severity: 'warning' },
    summary: 'Pod container waiting longer than 1 hour',
    runbookUrl: runbookUrl('kubernetes', 'KubeContainerWaiting'),
    describe: ({ namespace, pod, container, reason }) =>
      `pod/${pod} in namespace ${namespace} on container ${container} waits to start (reason: "${reason}").`,
    holds: (simulation) =>
      podsOf(simulation, app).flatMap((pod) =>
        waiting(pod, (reason) => reason !== 'CrashLoopBackOff' && reason !== 'ContainerCreating'),
      ),
  };
}

/** Holds for pods that wait or run without being ready; `which` narrows it to some. */
export function podNotReady(
  namespace: string | undefined,
  which: (pod: Pod) => boolean,
  options: Options = {},
): AlertRule {
  return {
    alertname: 'KubePodNotReady',
    labels: { ...(namespace === undefined ? {} : { namespace }), severity: options.severity ?? 'warning' },
    summary: 'Pod has been in a non-ready state for more than 15 minutes.',
    runbookUrl: runbookUrl('kubernetes', 'KubePodNotReady'),
    describe: (labels) => `Pod ${labels.namespace}/${labels.pod} has been in a non-ready state for a while.`,
    holds: ({ store }) =>
      store
        .list('pods', namespace)
        .filter((pod) => which(pod) && !isReady(pod))
        .filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running')
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map((pod) => ({
          namespace: pod.metadata.namespace ?? '',
          pod: pod.metadata.name,
          job: 'kube-state-metrics',
        })),
    tellAfterMs: STARTING_MS,
  };
}

export function statefulSetReplicasMismatch(place: Place): AlertRule {
  const { namespace, name } = place;
  return {
    alertname: 'KubeStatefulSetReplicasMismatch',
    labels: { namespace, statefulset: name, severity: 'warning' },
    summary: 'StatefulSet has not matched the expected number of replicas.',
    runbookUrl: runbookUrl('kubernetes', 'KubeStatefulSetReplicasMismatch'),
    describe: () => `StatefulSet ${namespace}/${name} has not matched the expected number of replicas.`,
    holds: ({ store }) => {
      const set = store.get('statefulsets', namespace, name);
      return set === undefined || (set.status.readyReplicas ?? 0) === set.spec.replicas ? [] : [{}];
    },
  };
}

export function daemonSetRolloutStuck(place: Place): AlertRule {
  const { namespace, name } = place;
  return {
    alertname: 'KubeDaemonSetRolloutStuck',
    labels: { namespace, daemonset: name, severity: 'warning' },
    summary: 'DaemonSet rollout is stuck.',
    runbookUrl: runbookUrl('kubernetes', 'KubeDaemonSetRolloutStuck'),
    describe: () => `DaemonSet ${namespace}/${name} has not finished or progressed.`,
    holds: ({ store }) => {
      const status = store.get('daemonsets', namespace, name)?.status;
      if (status === undefined) return [];
      const wanted = status.desiredNumberScheduled;
      const all = status.updatedNumberScheduled === wanted && status.numberAvailable === wanted;
      return all ? [] : [{}];
    },
  };
}

export function jobFailed(namespace: string): AlertRule {
  return {
    alertname: 'KubeJobFailed',
    labels: { namespace, severity: 'warning' },
    summary: 'Job failed to complete.',
    runbookUrl: runbookUrl('kubernetes', 'KubeJobFailed'),
    describe: ({ job_name }) =>
      `Job ${namespace}/${job_name} failed to complete. Removing it after a look clears this alert.`,
    holds: ({ store }) =>
      store
        .list('jobs', namespace)
        .filter(({ status }) => (status.conditions ?? []).some(({ type }) => type === 'Failed'))
        .map(({ metadata }) => ({ job_name: metadata.name, condition: 'true', job: 'kube-state-metrics' })),
  };
}

export function autoscalerMaxedOut(place: Place): AlertRule {
  const { namespace, name } = place;
  return {
    alertname: 'KubeHpaMaxedOut',
    labels: { namespace, horizontalpodautoscaler: name, severity: 'warning' },
    summary: 'HPA is running at max replicas',
    runbookUrl: runbookUrl('kubernetes', 'KubeHpaMaxedOut'),
    describe: () => `HPA ${namespace}/${name} has been running at max replicas.`,
    holds: ({ store }) => {
      const found = store.get('horizontalpodautoscalers', namespace, name);
      return found?.status?.currentReplicas === found?.spec.maxReplicas && found !== undefined ? [{}] : [];
    },
  };
}

/** The kinds of a namespace's quotas that are used up. */
export function quotaFullyUsed(namespace: string): AlertRule {
  return {
    alertname: 'KubeQuotaFullyUsed',
    labels: { namespace, severity: 'info' },
    summary: 'Namespace quota is fully used.',
    runbookUrl: runbookUrl('kubernetes', 'KubeQuotaFullyUsed'),
    describe: ({ resource }) => `Namespace ${namespace} is using 100% of its ${resource} quota.`,
    holds: ({ store }) =>
      store.list('resourcequotas', namespace).flatMap((quota) => {
        const hard = Object(at(quota, 'status', 'hard'));
        return listOr(Object.keys(hard))
          .map((kind) => textOr(kind))
          .filter((kind) => at(quota, 'status', 'used', kind) === hard[kind])
          .map((resource) => ({ resource, resourcequota: quota.metadata.name }));
      }),
  };
}
