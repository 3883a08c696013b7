import { quantity } from '../admission/validate.ts';
import { at, numberOr, sameJson } from '../json.ts';
import { usageOf } from '../metrics-usage.ts';
import type { Simulation } from '../simulation.ts';
import type { Autoscaler, Condition, Deployment, Pod } from '../types.ts';
import { recordEvent } from './events.ts';
import { isOwnedBy, putSpec, setCondition } from './objects.ts';
import { isActive, isReady } from './pods.ts';

const SOURCE = { component: 'horizontal-pod-autoscaler' };
/** A ratio this near to one is let be, as the controller's own tolerance. */
const TOLERANCE = 0.1;

/**
 * Scales the Deployments of HorizontalPodAutoscalers by their CPU use. It looks whenever something changes and waits
 * for no sync period. https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
 */
export function runAutoscalers(simulation: Simulation): undefined {
  for (const autoscaler of simulation.store.list('horizontalpodautoscalers')) {
    const { scaleTargetRef: target } = autoscaler.spec;
    if (target.kind !== 'Deployment') continue;
    const { namespace } = autoscaler.metadata;
    const deployment = simulation.store.get('deployments', namespace, target.name);
    if (deployment !== undefined) reconcile(simulation, autoscaler, deployment);
  }
  return undefined;
}

function podsOf(simulation: Simulation, deployment: Deployment): Pod[] {
  const { namespace } = deployment.metadata;
  const sets = simulation.store.list('replicasets', namespace).filter((set) => isOwnedBy(set, deployment));
  return simulation.store
    .list('pods', namespace)
    .filter((pod) => isActive(pod) && isReady(pod) && sets.some((set) => isOwnedBy(pod, set)));
}

function targetPercent(autoscaler: Autoscaler): number {
  const [metric] = autoscaler.spec.metrics ?? [];
  return numberOr(at(metric, 'resource', 'target', 'averageUtilization'), 80);
}

/** CPU in use as a percentage of what the pods ask for; undefined where nothing is measured yet. */
function utilization(
  simulation: Simulation,
  pods: readonly Pod[],
): { percent: number; millicores: number } | undefined {
  const containers = pods.flatMap((pod) => pod.spec.containers.map((container) => ({ pod, container })));
  const asked = containers.reduce(
    (sum, { container }) => sum + quantity(container.resources?.requests?.cpu ?? 0),
    0,
  );
  if (asked === 0) return undefined;
  const used = containers.reduce(
    (sum, { pod, container }) => sum + usageOf(simulation, pod, container).cpu,
    0,
  );
  return { percent: Math.round((used / asked) * 100), millicores: Math.round((used / pods.length) * 1000) };
}

function reconcile(simulation: Simulation, autoscaler: Autoscaler, deployment: Deployment): void {
  const { store, clock } = simulation;
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const current = deployment.spec.replicas;
  const pods = podsOf(simulation, deployment);
  const use = utilization(simulation, pods);
  const ratio = use === undefined ? 1 : use.percent / targetPercent(autoscaler);
  const wanted = Math.abs(ratio - 1) > TOLERANCE ? Math.ceil(pods.length * ratio) : current;
  // Pods that are on their way would be counted as idle, so it waits for them.
  const aim = pods.length === current ? wanted : current;
  const desired = Math.max(minReplicas, Math.min(maxReplicas, aim));
  const conditions = conditionsOf(autoscaler, use !== undefined, wanted, clock.stamp());
  const status = {
    observedGeneration: autoscaler.metadata.generation ?? 1,
    currentReplicas: current,
    desiredReplicas: desired,
    ...(use === undefined
      ? {}
      : {
          currentMetrics: [
            {
              type: 'Resource',
              resource: {
                name: 'cpu',
                current: { averageUtilization: use.percent, averageValue: `${use.millicores}m` },
              },
            },
          ],
        }),
    conditions,
  };
  if (!sameJson(status, autoscaler.status)) store.put('horizontalpodautoscalers', { ...autoscaler, status });
  if (desired === current) return;
  putSpec(
    simulation,
    'deployments',
    { ...deployment, spec: { ...deployment.spec, replicas: desired } },
    deployment,
  );
  const why =
    desired > current
      ? 'cpu resource utilization (percentage of request) above target'
      : 'All metrics below target';
  const message = `New size: ${desired}; reason: ${why}`;
  recordEvent(simulation, autoscaler, SOURCE, 'Normal', 'SuccessfulRescale', message);
}

function conditionsOf(autoscaler: Autoscaler, measured: boolean, wanted: number, now: string): Condition[] {
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const condition = (type: string, holds: boolean, reason: string, message: string): Condition => ({
    type,
    status: holds ? 'True' : 'False',
    reason,
    message,
  });
  const limited =
    wanted > maxReplicas
      ? condition(
          'ScalingLimited',
          true,
          'TooManyReplicas',
          'the desired replica count is more than the maximum replica count',
        )
      : wanted < minReplicas
        ? condition(
            'ScalingLimited',
            true,
            'TooFewReplicas',
            'the desired replica count is less than the minimum replica count',
          )
        : condition(
            'ScalingLimited',
            false,
            'DesiredWithinRange',
            'the desired count is within the acceptable range',
          );
  const all = [
    condition('AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size'),
    measured
      ? condition(
          'ScalingActive',
          true,
          'ValidMetricFound',
          'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
        )
      : condition(
          'ScalingActive',
          false,
          'FailedGetResourceMetric',
          'no metrics returned from resource metrics API',
        ),
    limited,
  ];
  return all.reduce<Condition[]>(
    (conditions, one) => setCondition(conditions, one, now),
    autoscaler.status?.conditions ?? [],
  );
}
