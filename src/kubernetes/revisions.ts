import { field, integer, text } from '../core/facts/fields.ts';
import { REVISION_ANNOTATION } from '../core/facts/workload.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { CONTROLLER_REVISION, REPLICA_SET } from '../core/kinds.ts';
import { labelQuery } from '../core/label-selector.ts';
import { fetchObjects } from './lists.ts';
import type { Reading } from './reading.ts';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const TEMPLATE_HASH = 'pod-template-hash';

/** One revision of a workload that the cluster still keeps; `template` as the workload's own spec would hold it. */
export type Revision = {
  readonly number: number;
  readonly name: string;
  readonly createdAt: string;
  readonly changeCause: string;
  readonly template: JsonObject;
};

/**
 * The revisions of a Deployment (its ReplicaSets), a StatefulSet or a DaemonSet (their ControllerRevisions), newest
 * first. `workload` as the API server gave it. @throws ReadFailed
 */
export async function revisionsOf(reading: Reading, workload: JsonObject): Promise<readonly Revision[]> {
  const kind = workload.kind === 'Deployment' ? REPLICA_SET : CONTROLLER_REVISION;
  const namespace = text(workload, 'metadata', 'namespace');
  const selector = labelQuery(field(workload, 'spec', 'selector'));
  const { objects } = await fetchObjects(reading, { kind, namespace, selector });
  const uid = text(workload, 'metadata', 'uid');
  return objects
    .filter((object) => ownedBy(object, uid))
    .flatMap((object) => {
      const revision = workload.kind === 'Deployment' ? ofReplicaSet(object) : ofControllerRevision(object);
      return revision === null ? [] : [revision];
    })
    .toSorted((a, b) => b.number - a.number);
}

function ownedBy(object: JsonObject, uid: string): boolean {
  const owners = field(object, 'metadata', 'ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => text(owner, 'uid') === uid);
}

function ofReplicaSet(set: JsonObject): Revision | null {
  const number = Number(text(set, 'metadata', 'annotations', REVISION_ANNOTATION));
  const template = field(set, 'spec', 'template');
  if (!Number.isInteger(number) || number < 1 || !isJsonObject(template)) return null;
  return { number, ...about(set), template: withoutTemplateHash(template) };
}

function ofControllerRevision(revision: JsonObject): Revision | null {
  const number = integer(revision, ['revision']);
  const template = field(revision, 'data', 'spec', 'template');
  if (number < 1 || !isJsonObject(template)) return null;
  // The stored data is a patch, and says so to whoever applies it as one.
  const { $patch: _patch, ...plain } = template;
  return { number, ...about(revision), template: plain };
}

function about(object: JsonObject) {
  return {
    name: text(object, 'metadata', 'name'),
    createdAt: text(object, 'metadata', 'creationTimestamp'),
    changeCause: text(object, 'metadata', 'annotations', CHANGE_CAUSE),
  };
}

/** The label that the controller adds to a ReplicaSet's template: a Deployment's own has none. */
function withoutTemplateHash(template: JsonObject): JsonObject {
  const { metadata } = template;
  if (!isJsonObject(metadata) || !isJsonObject(metadata.labels)) return template;
  const { [TEMPLATE_HASH]: _hash, ...labels } = metadata.labels;
  return { ...template, metadata: { ...metadata, labels } };
}
