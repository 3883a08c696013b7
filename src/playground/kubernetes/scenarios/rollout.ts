import type { Store } from '../store.ts';
import type { Deployment } from '../types.ts';

export type Place = { namespace: string; name: string };

function find(store: Store, place: Place): Deployment | undefined {
  return store.get('deployments', place.namespace, place.name);
}

/** Whether a Deployment has finished rolling and all of its pods are available. */
export function isRolledOut(store: Store, place: Place): boolean {
  const deployment = find(store, place);
  if (deployment === undefined) return false;
  const { status, spec, metadata } = deployment;
  return (
    status.observedGeneration === metadata.generation &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas
  );
}

/** Whether a Deployment has passed its progress deadline, which KubeDeploymentRolloutStuck looks at. */
export function isStuck(store: Store, place: Place): boolean {
  const conditions = find(store, place)?.status.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Progressing' && status === 'False');
}

/** Whether fewer pods are available than wanted, which KubeDeploymentReplicasMismatch looks at. */
export function lacksReplicas(store: Store, place: Place): boolean {
  const deployment = find(store, place);
  return deployment !== undefined && (deployment.status.availableReplicas ?? 0) < deployment.spec.replicas;
}
