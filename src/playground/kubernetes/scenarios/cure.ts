import { at, listOr, numberOr } from '../json.ts';

/** The cluster's API as its administrator uses it. Each call throws when the API refuses. */
export type CureApi = {
  get(path: string): Promise<unknown>;
  /** Sends a merge patch (RFC 7396). */
  patch(path: string, body: unknown): Promise<void>;
  post(path: string, body: unknown): Promise<void>;
  remove(path: string): Promise<void>;
  /** The cluster's time in RFC 3339. */
  now(): string;
};

/** Puts the template of the newest older revision of a Deployment back, as `kubectl rollout undo` does. */
export async function undoRollout(api: CureApi, place: { namespace: string; name: string }): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${place.namespace}`;
  const sets = listOr(at(await api.get(`${path}/replicasets?labelSelector=app%3D${place.name}`), 'items'));
  const revision = (set: unknown) =>
    numberOr(Number(at(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')));
  const older = sets.toSorted((left, right) => revision(right) - revision(left))[1];
  if (older === undefined) throw new Error(`${place.namespace}/${place.name} has no older revision`);
  const spec = Object(at(older, 'spec', 'template', 'spec'));
  // A merge patch keeps what it does not name, and the release may have added init containers.
  const template = { spec: { ...spec, initContainers: spec.initContainers ?? null } };
  await api.patch(`${path}/deployments/${place.name}`, { spec: { template } });
}
