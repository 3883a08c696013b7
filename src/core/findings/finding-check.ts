import type { Finding } from '../evidence.ts';
import { field, secondsSince, text } from '../facts/fields.ts';
import type { KubeObject, ObjectRef } from '../kube.ts';
import { controllerOf } from '../pods.ts';

/** `now` is ISO 8601; `objects` is everything that one step read, so that a check may look things up. */
export type Looking = {
  readonly cluster: string;
  readonly now: string;
  readonly objects: readonly KubeObject[];
};

/** A finding that does not know yet which step saw it. */
export type FindingDraft = Omit<Finding, 'evidence'>;

/** One look for one kind of trouble. Objects that a check does not know are nothing to it. */
export type FindingCheck = (looking: Looking) => readonly FindingDraft[];

type Named = Pick<ObjectRef, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

export function named(object: KubeObject): Named {
  return {
    apiVersion: object.apiVersion ?? '',
    kind: object.kind ?? '',
    namespace: object.metadata?.namespace ?? null,
    name: object.metadata?.name ?? '',
  };
}

/**
 * What a pod belongs to, for people: the Deployment where it is a ReplicaSet's, else its controller, else itself.
 * A ReplicaSet that was not read is recognised by its pods' `pod-template-hash`, which its name ends in.
 */
export function ownerOf(pod: KubeObject, objects: readonly KubeObject[]): Named {
  const owner = controllerOf(pod);
  const namespace = pod.metadata?.namespace ?? null;
  if (owner === undefined) return named(pod);
  if (owner.kind !== 'ReplicaSet')
    return { apiVersion: owner.apiVersion, kind: owner.kind, namespace, name: owner.name };
  const set = objects.find(
    (object) =>
      object.kind === 'ReplicaSet' &&
      object.metadata?.name === owner.name &&
      (object.metadata.namespace ?? null) === namespace,
  );
  const above = set === undefined ? undefined : controllerOf(set);
  if (above !== undefined)
    return { apiVersion: above.apiVersion, kind: above.kind, namespace, name: above.name };
  const suffix = `-${pod.metadata?.labels?.['pod-template-hash'] ?? ''}`;
  if (suffix !== '-' && owner.name.endsWith(suffix))
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace,
      name: owner.name.slice(0, -suffix.length),
    };
  return { apiVersion: owner.apiVersion, kind: owner.kind, namespace, name: owner.name };
}

/** `part` is a container's name. Ids are stable: the same trouble of the same object has the same id. */
export function draft(
  kind: string,
  object: Named,
  looking: Looking,
  says: string,
  part: string | null = null,
): FindingDraft {
  const where = object.namespace === null ? object.name : `${object.namespace}/${object.name}`;
  return {
    id: `${kind}:${where}${part === null ? '' : `/${part}`}`,
    kind,
    object: { cluster: looking.cluster, ...object },
    says,
  };
}

/** The pods of what was read that are there to stay: not ended, not on their way out. */
export function livePods(looking: Looking): readonly KubeObject[] {
  return looking.objects.filter((object) => {
    if (object.kind !== 'Pod' || object.metadata?.deletionTimestamp !== undefined) return false;
    const phase = text(object, 'status', 'phase');
    return phase !== 'Succeeded' && !(phase === 'Failed' && field(object, 'status', 'reason') === 'Evicted');
  });
}

/** One draft for each group of pods that share an owner (and a part), in the order in which they were read. */
export function grouped<T>(
  troubles: readonly { readonly owner: Named; readonly part: string | null; readonly about: T }[],
  each: (owner: Named, part: string | null, about: readonly [T, ...T[]]) => FindingDraft,
): readonly FindingDraft[] {
  const groups = new Map<string, { owner: Named; part: string | null; about: [T, ...T[]] }>();
  for (const { owner, part, about } of troubles) {
    const key = JSON.stringify([owner.kind, owner.namespace, owner.name, part]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { owner, part, about: [about] });
    else group.about.push(about);
  }
  return [...groups.values()].map(({ owner, part, about }) => each(owner, part, about));
}

/** Seconds from a time to now. */
export function since(time: string, looking: Looking): number {
  return secondsSince(time === '' ? undefined : time, new Date(looking.now));
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** One line of at most 200 characters of a text that the cluster gave. */
export function quote(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

/** For how long, as people say it: `40 s`, `12 min`, `3 h`, `5 d`. */
export function lasting(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
