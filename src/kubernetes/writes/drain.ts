import { field, list, text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import { NODE, POD } from '../../core/kinds.ts';
import type { DrainOperation } from '../../core/operation.ts';
import { controllerOf } from '../../core/pods.ts';
import { fetchObject, fetchObjects } from '../lists.ts';
import { typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { cordoning, isCordoned } from './cordon.ts';
import {
  inverseBy,
  NO_FACTS,
  type NoProposal,
  type ObjectChange,
  type Proposal,
  refuse,
} from './proposal.ts';
import { count, nameOf } from './workload.ts';

/** A plan with more would be nothing that a person can look through. */
const MOST_PODS = 250;
const MOST_TOLD = 5;
const MIRROR = 'kubernetes.io/config.mirror';

/** Why a pod is not evicted: it stays by its nature, or it needs a leave that was not given. */
type Judged = { readonly pod: JsonObject; readonly is: 'evicted' | 'stays' } | { readonly needs: string };

/**
 * `kubectl drain`: the node is cordoned, then each pod that is there now is evicted, by its UID, as its disruption
 * budget allows. Which pods stay, and which need leave, is as in kubectl.
 * @throws ReadFailed
 */
export async function prepareDrain(
  reading: Reading,
  operation: DrainOperation,
): Promise<Proposal | NoProposal> {
  const { name, timeoutSeconds, graceSeconds } = operation;
  const live = await fetchObject(reading, NODE, null, name);
  const fieldSelector = `spec.nodeName=${name}`;
  const { objects, truncated } = await fetchObjects(reading, { kind: POD, namespace: null, fieldSelector });
  if (truncated !== null) return refuse(`${nameOf(live)} has more pods than firstmate looks at at once.`);
  const judged = objects.map((pod) => judge(pod, operation));
  const needs = judged.flatMap((one) => ('needs' in one ? [one.needs] : []));
  if (needs.length > 0) {
    const more = needs.length > MOST_TOLD ? `; and ${needs.length - MOST_TOLD} more` : '';
    return refuse(`${nameOf(live)} is not drained: ${needs.slice(0, MOST_TOLD).join('; ')}${more}.`);
  }
  const pods = judged
    .flatMap((one) => ('pod' in one && one.is === 'evicted' ? [one.pod] : []))
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  if (pods.length > MOST_PODS) {
    return refuse(
      `${nameOf(live)} has ${pods.length} pods to evict, and one plan takes ${MOST_PODS} at most.`,
    );
  }
  const cordoned = isCordoned(live);
  if (pods.length === 0 && cordoned) return refuse(`${nameOf(live)} is drained already.`);
  const stay = judged.length - pods.length;
  return {
    changes: [
      ...(cordoned ? [] : [cordoning(live, true)]),
      ...pods.map((pod) => eviction(pod, timeoutSeconds, graceSeconds)),
    ],
    inverse: inverseBy(
      { verb: 'uncordon', name, namespace: null },
      'Let pods onto it again; those that went stay where they are',
    ),
    blast: {
      objects: pods.length + (cordoned ? 0 : 1),
      pods: pods.length,
      says: `${count(pods.length, 'pod')} of ${nameOf(live)} ${pods.length === 1 ? 'is' : 'are'} evicted within ${timeoutSeconds} s, as disruption budgets allow; ${count(stay, 'pod')} of DaemonSets and of the node itself stay`,
    },
    fromVersion: `${cordoned ? 'cordoned' : 'schedulable'}, ${count(pods.length, 'pod')} to evict`,
    toVersion: 'cordoned, drained',
    facts: NO_FACTS,
  };
}

function eviction(pod: JsonObject, timeoutSeconds: number, graceSeconds: number | null): ObjectChange {
  return {
    kind: POD,
    live: pod,
    change: {
      do: 'evict',
      options: graceSeconds === null ? {} : { gracePeriodSeconds: graceSeconds },
      patienceMs: timeoutSeconds * 1_000,
    },
    reviewed: ['/spec/nodeName'],
  };
}

/** kubectl's own filters (k8s.io/kubectl, pkg/drain/filters.go). */
function judge(pod: JsonObject, leave: DrainOperation): Judged {
  const ended = ['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase'));
  const owner = controllerOf(typedObject(pod));
  const stays =
    field(pod, 'metadata', 'annotations', MIRROR) !== undefined ||
    field(pod, 'metadata', 'deletionTimestamp') !== undefined ||
    (owner?.kind === 'DaemonSet' && !ended);
  if (stays) return { pod, is: 'stays' };
  const emptyDir = list(pod, 'spec', 'volumes').some((volume) => field(volume, 'emptyDir') !== undefined);
  if (emptyDir && !ended && !leave.deleteEmptyDirData) {
    return {
      needs: `${nameOf(pod)} would lose what it keeps in an emptyDir volume (--delete-emptydir-data)`,
    };
  }
  if (owner === undefined && !ended && !leave.force) {
    return { needs: `${nameOf(pod)} has no controller and would not come back (--force)` };
  }
  return { pod, is: 'evicted' };
}
