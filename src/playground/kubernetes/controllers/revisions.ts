import { canonical } from '../json.ts';
import { shortHash } from '../names.ts';
import type { Simulation } from '../simulation.ts';
import type { DaemonSet, KubeObject, PodTemplate, StatefulSet } from '../types.ts';
import { controllerReference, isOwnedBy, newMeta } from './objects.ts';

export const REVISION_LABEL = 'controller-revision-hash';

function revisionNumber(object: KubeObject): number {
  return typeof object.revision === 'number' ? object.revision : 0;
}

/** Stored objects are never changed in place, so what was counted once stays so; controllers ask in every round. */
const counted = new WeakMap<PodTemplate, string>();

/** The hash of a template that names its revision and labels its pods. */
export function templateHash(template: PodTemplate): string {
  let hash = counted.get(template);
  if (hash === undefined) {
    hash = shortHash(canonical(template));
    counted.set(template, hash);
  }
  return hash;
}

/**
 * Keeps a ControllerRevision for each template a set has had, so that its rollout can be undone, and numbers them:
 * a template that comes again takes the next number. Gives the name of the present one.
 */
export function keepRevision(simulation: Simulation, set: DaemonSet | StatefulSet): string {
  const { store } = simulation;
  const { namespace } = set.metadata;
  const hash = templateHash(set.spec.template);
  const name = `${set.metadata.name}-${hash}`;
  const all = store.list('controllerrevisions', namespace).filter((one) => isOwnedBy(one, set));
  const last = Math.max(0, ...all.map(revisionNumber));
  const found = all.find(({ metadata }) => metadata.name === name);
  if (found !== undefined && revisionNumber(found) === last) return name;
  const cause = set.metadata.annotations?.['kubernetes.io/change-cause'];
  store.put('controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata:
      found?.metadata ??
      newMeta(simulation, {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...set.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
        ...(cause === undefined ? {} : { annotations: { 'kubernetes.io/change-cause': cause } }),
        ownerReferences: [controllerReference(set)],
      }),
    data: { spec: { template: { ...set.spec.template, $patch: 'replace' } } },
    revision: last + 1,
  });
  return name;
}
