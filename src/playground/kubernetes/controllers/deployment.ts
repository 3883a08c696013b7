import { canonical, sameJson } from '../json.ts';
import { shortHash } from '../names.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../types.ts';
import { reportDeploymentStatus } from './deployment-status.ts';
import { recordEvent } from './events.ts';
import { controllerReference, isOwnedBy, newMeta, putSpec } from './objects.ts';
import { rollingLimits } from './rolling-limits.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
const HASH_LABEL = 'pod-template-hash';
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAXIMUM,
  'deprecated.deployment.rollback.to',
]);

/** Rolls each Deployment towards its template by scaling its ReplicaSets, and numbers its revisions. */
export function runDeployments(simulation: Simulation): number | undefined {
  let wake: number | undefined;
  for (const deployment of simulation.store.list('deployments')) {
    if (deployment.metadata.deletionTimestamp !== undefined) continue;
    wake = earliest(wake, reconcile(simulation, deployment));
  }
  return wake;
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

function byCreation(left: ReplicaSet, right: ReplicaSet): number {
  const order =
    Date.parse(left.metadata.creationTimestamp) - Date.parse(right.metadata.creationTimestamp) ||
    revisionOf(left) - revisionOf(right);
  return order;
}

function ownedSets(simulation: Simulation, deployment: Deployment): ReplicaSet[] {
  return simulation.store
    .list('replicasets', deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment))
    .sort(byCreation);
}

export function revisionOf(object: { metadata: { annotations?: Record<string, string> } }): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

function reconcile(simulation: Simulation, deployment: Deployment): number | undefined {
  const find = (sets: ReplicaSet[]) =>
    sets.find((set) => sameJson(withoutHash(set.spec.template), withoutHash(deployment.spec.template)));
  let sets = ownedSets(simulation, deployment);
  let newest = find(sets);
  let current = deployment;
  const paused = deployment.spec.paused === true;
  if (newest !== undefined || !paused) {
    newest = adoptRevision(simulation, deployment, newest, sets);
    current = withRevision(simulation, deployment, newest);
    sets = ownedSets(simulation, deployment);
  }
  const others = sets.filter((set) => set.metadata.uid !== newest?.metadata.uid);
  if (isScaling(current, sets)) scaleAll(simulation, current, sets);
  else if (!paused && newest !== undefined) roll(simulation, current, newest, others);
  const after = ownedSets(simulation, current);
  const fresh = after.find((set) => set.metadata.uid === newest?.metadata.uid);
  const wake = reportDeploymentStatus(simulation, current, fresh, after);
  const latest = simulation.store.get('deployments', current.metadata.namespace, current.metadata.name);
  if (latest?.status.conditions?.some(({ reason }) => reason === 'NewReplicaSetAvailable') === true) {
    dropOldHistory(simulation, latest, after, fresh);
  }
  return wake;
}

function copiedAnnotations(deployment: Deployment): Record<string, string> {
  const entries = Object.entries(deployment.metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => !NOT_COPIED.has(key)));
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const { replicas } = deployment.spec;
  return { [DESIRED]: String(replicas), [MAXIMUM]: String(replicas + rollingLimits(deployment).maxSurge) };
}

/** The ReplicaSet of the current template, created or found again, with the next revision number. */
function adoptRevision(
  simulation: Simulation,
  deployment: Deployment,
  found: ReplicaSet | undefined,
  sets: ReplicaSet[],
): ReplicaSet {
  const others = sets.filter((set) => set.metadata.uid !== found?.metadata.uid);
  const next = Math.max(0, ...others.map(revisionOf)) + 1;
  if (found === undefined) return createSet(simulation, deployment, sets, next);
  const annotations: Record<string, string> = {
    ...found.metadata.annotations,
    ...copiedAnnotations(deployment),
  };
  const previous = revisionOf(found);
  if (previous < next) {
    const history = annotations[REVISION_HISTORY];
    if (previous > 0) {
      annotations[REVISION_HISTORY] = history === undefined ? String(previous) : `${history},${previous}`;
    }
    annotations[REVISION] = String(next);
  }
  return simulation.store.put('replicasets', { ...found, metadata: { ...found.metadata, annotations } });
}

function createSet(
  simulation: Simulation,
  deployment: Deployment,
  sets: ReplicaSet[],
  revision: number,
): ReplicaSet {
  const hash = shortHash(canonical(deployment.spec.template));
  const labels = { ...deployment.spec.template.metadata?.labels, [HASH_LABEL]: hash };
  const { replicas, selector, template } = deployment.spec;
  const { maxSurge } = rollingLimits(deployment);
  const running = sets.reduce((total, set) => total + set.spec.replicas, 0);
  const room =
    deployment.spec.strategy.type === 'Recreate' && running > 0 ? 0 : replicas + maxSurge - running;
  const set = simulation.store.put('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: newMeta(simulation, {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      generation: 1,
      labels,
      annotations: {
        ...copiedAnnotations(deployment),
        ...sizeAnnotations(deployment),
        [REVISION]: String(revision),
      },
      ownerReferences: [controllerReference(deployment)],
    }),
    spec: {
      replicas: Math.max(0, Math.min(room, replicas)),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
  tellScaled(simulation, deployment, set.metadata.name, 0, set.spec.replicas);
  return set;
}

function withRevision(simulation: Simulation, deployment: Deployment, newest: ReplicaSet): Deployment {
  const annotations = { ...deployment.metadata.annotations, [REVISION]: String(revisionOf(newest)) };
  return simulation.store.put('deployments', {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
  });
}

function tellScaled(
  simulation: Simulation,
  deployment: Deployment,
  set: string,
  from: number,
  to: number,
): void {
  if (from === to) return;
  const direction = to > from ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${set} from ${from} to ${to}`;
  const source = { component: 'deployment-controller' };
  recordEvent(simulation, deployment, source, 'Normal', 'ScalingReplicaSet', message);
}

function scale(simulation: Simulation, deployment: Deployment, set: ReplicaSet, replicas: number): void {
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
  const changed = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } };
  putSpec(simulation, 'replicasets', changed, set);
  tellScaled(simulation, deployment, set.metadata.name, set.spec.replicas, replicas);
}

function isScaling(deployment: Deployment, sets: ReplicaSet[]): boolean {
  return sets.some(
    (set) =>
      set.spec.replicas > 0 &&
      set.metadata.annotations?.[DESIRED] !== undefined &&
      set.metadata.annotations[DESIRED] !== String(deployment.spec.replicas),
  );
}

/** Follows a changed `spec.replicas`: one running ReplicaSet takes it all, several share it by their size. */
function scaleAll(simulation: Simulation, deployment: Deployment, sets: ReplicaSet[]): void {
  const active = sets.filter((set) => set.spec.replicas > 0);
  const [only] = active;
  if (active.length === 1 && only !== undefined) {
    scale(simulation, deployment, only, deployment.spec.replicas);
    return;
  }
  const total = active.reduce((sum, set) => sum + set.spec.replicas, 0);
  const allowed =
    deployment.spec.replicas === 0 ? 0 : deployment.spec.replicas + rollingLimits(deployment).maxSurge;
  const bySize = [...active].sort((left, right) => right.spec.replicas - left.spec.replicas);
  let left = allowed - total;
  for (const set of bySize) {
    const share = Math.round((set.spec.replicas * (allowed - total)) / total);
    const part = allowed > total ? Math.min(share, left) : Math.max(share, left);
    left -= part;
    const rest = set === bySize.at(-1) ? left : 0;
    scale(simulation, deployment, set, Math.max(0, set.spec.replicas + part + rest));
  }
}

function roll(
  simulation: Simulation,
  deployment: Deployment,
  newest: ReplicaSet,
  others: ReplicaSet[],
): void {
  const old = others.filter((set) => set.spec.replicas > 0);
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate') {
    for (const set of old) scale(simulation, deployment, set, 0);
    const stopping = simulation.store
      .list('pods', deployment.metadata.namespace)
      .some((pod) => others.some((set) => isOwnedBy(pod, set)));
    if (old.length === 0 && !stopping && newest.spec.replicas !== replicas) {
      scale(simulation, deployment, newest, replicas);
    }
    return;
  }
  const { maxSurge, maxUnavailable } = rollingLimits(deployment);
  const total = [newest, ...others].reduce((sum, set) => sum + set.spec.replicas, 0);
  if (newest.spec.replicas > replicas) {
    scale(simulation, deployment, newest, replicas);
    return;
  }
  const room = replicas + maxSurge - total;
  if (newest.spec.replicas < replicas && room > 0) {
    const target = newest.spec.replicas + Math.min(room, replicas - newest.spec.replicas);
    scale(simulation, deployment, newest, target);
    return;
  }
  shrinkOld(simulation, deployment, newest, old, replicas - maxUnavailable);
}

/** Takes pods from old ReplicaSets: first those that do not serve, then as many as availability allows. */
function shrinkOld(
  simulation: Simulation,
  deployment: Deployment,
  newest: ReplicaSet,
  old: ReplicaSet[],
  minAvailable: number,
): void {
  const total = [newest, ...old].reduce((sum, set) => sum + set.spec.replicas, 0);
  const available = (set: ReplicaSet) => set.status.availableReplicas ?? 0;
  let spare = total - minAvailable - (newest.spec.replicas - available(newest));
  if (spare <= 0) return;
  const sizes = new Map(old.map((set) => [set, set.spec.replicas]));
  for (const set of old) {
    const useless = Math.min(spare, Math.max(0, set.spec.replicas - available(set)));
    sizes.set(set, set.spec.replicas - useless);
    spare -= useless;
  }
  let serving = [newest, ...old].reduce((sum, set) => sum + available(set), 0) - minAvailable;
  for (const set of old) {
    const size = sizes.get(set) ?? 0;
    const down = Math.min(size, Math.max(0, serving));
    serving -= down;
    if (size - down !== set.spec.replicas) scale(simulation, deployment, set, size - down);
  }
}

function dropOldHistory(
  simulation: Simulation,
  deployment: Deployment,
  sets: ReplicaSet[],
  newest: ReplicaSet | undefined,
): void {
  const idle = sets
    .filter(
      (set) =>
        set.metadata.uid !== newest?.metadata.uid && set.spec.replicas === 0 && set.status.replicas === 0,
    )
    .sort((left, right) => revisionOf(left) - revisionOf(right));
  const surplus = idle.length - deployment.spec.revisionHistoryLimit;
  for (const set of idle.slice(0, Math.max(0, surplus))) {
    simulation.store.remove('replicasets', set.metadata.namespace, set.metadata.name);
  }
}
