import type { JsonObject } from '../../core/json.ts';
import { apiVersionOf } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import { controllerOf } from '../../core/pods.ts';
import { ReadFailed } from '../faults.ts';
import { fetchObject } from '../lists.ts';
import { typedObject } from '../objects.ts';
import { kindNamed } from '../paths.ts';
import type { Reading } from '../reading.ts';

/** An object and those that made it, nearest first; `beyond` is an owner of a kind that is not read. */
export type Chain = { readonly objects: readonly KubeObject[]; readonly beyond: string | null };

/** Kubernetes' own chains are three long (Pod, Job, CronJob); one that is longer is not followed to its end. */
const LONGEST = 5;

export type ObjectReader = (kind: string, namespace: string | null, name: string) => Promise<KubeObject>;

/** Reads each object once in the length of one look. @throws ReadFailed */
export function objectReader(reading: Reading): ObjectReader {
  const read = new Map<string, Promise<JsonObject>>();
  return async (kind, namespace, name) => {
    const ref = kindNamed(kind);
    if (ref === undefined)
      throw new ReadFailed('rejected', `firstmate does not read objects of the kind ${kind}.`);
    const key = `${kind} ${namespace} ${name}`;
    const asked = read.get(key) ?? fetchObject(reading, ref, namespace, name);
    read.set(key, asked);
    return typedObject({ apiVersion: apiVersionOf(ref), kind: ref.kind, ...(await asked) });
  };
}

/** @throws ReadFailed */
export async function chainOf(readObject: ObjectReader, first: KubeObject): Promise<Chain> {
  const objects = [first];
  for (let object = first; objects.length < LONGEST; ) {
    const owner = controllerOf(object);
    if (owner === undefined) break;
    const kind = kindNamed(owner.kind);
    if (kind === undefined || apiVersionOf(kind) !== owner.apiVersion)
      return { objects, beyond: `${owner.kind} ${owner.name}` };
    const namespace = kind.namespaced ? (object.metadata?.namespace ?? null) : null;
    const next = await readObject(owner.kind, namespace, owner.name).catch((error: unknown) => {
      if (error instanceof ReadFailed && error.fault === 'not_found') return undefined;
      throw error;
    });
    // Gone, or another of the same name: nobody owns it any more.
    if (next === undefined || next.metadata?.uid !== owner.uid) break;
    objects.push(next);
    object = next;
  }
  return { objects, beyond: null };
}
