import { text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import { HORIZONTAL_POD_AUTOSCALER } from '../../core/kinds.ts';
import type { ScaleOperation } from '../../core/operation.ts';
import { controllerOf } from '../../core/pods.ts';
import { fetchObject, fetchObjects } from '../lists.ts';
import { typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { asArgument, count, nameOf, replicasOf } from './workload.ts';

const REPLICAS = '/spec/replicas';

/** `kubectl scale`. @throws ReadFailed, also when it cannot be seen whether an autoscaler owns the replicas */
export async function prepareScale(
  reading: Reading,
  operation: ScaleOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name, replicas, currentReplicas } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  const before = replicasOf(live);
  if (currentReplicas !== null && currentReplicas !== before) {
    return refuse(`${nameOf(live)} has ${count(before, 'replica')} and not ${currentReplicas} any more.`);
  }
  if (before === replicas) return refuse(`${nameOf(live)} already has ${count(replicas, 'replica')}.`);
  const owner = controllerOf(typedObject(live));
  if (owner !== undefined) {
    return refuse(
      `${nameOf(live)} belongs to ${owner.kind} ${owner.name}, which would take the change back. Scale that.`,
    );
  }
  const autoscaler = await autoscalerOf(reading, operation);
  if (autoscaler !== undefined) {
    return refuse(
      `HorizontalPodAutoscaler ${text(autoscaler, 'metadata', 'name')} sets the replicas of ${nameOf(live)} and would take the change back. Change its bounds instead.`,
    );
  }
  const back = `scale ${asArgument(kind, namespace, name)} --replicas=${before}`;
  const direction = replicas > before ? 'more' : 'fewer';
  const moved = Math.abs(replicas - before);
  return {
    changes: [
      {
        kind,
        live,
        change: {
          do: 'patch',
          steps: [
            { op: 'test', path: REPLICAS, value: before },
            { op: 'replace', path: REPLICAS, value: replicas },
          ],
        },
        reviewed: [REPLICAS],
      },
    ],
    inverse: {
      operation: { ...operation, replicas: before, currentReplicas: null },
      command: `kubectl ${back}`,
      says: `Scale it back: kubectl ${back}`,
    },
    blast: {
      objects: 1,
      pods: moved,
      says: `${count(moved, `${direction} pod`)} in ${nameOf(live)}: from ${before} to ${replicas}`,
    },
    fromVersion: count(before, 'replica'),
    toVersion: count(replicas, 'replica'),
    facts: { ...NO_FACTS, replicasBefore: before, replicasAfter: replicas },
  };
}

async function autoscalerOf(
  reading: Reading,
  { kind, namespace, name }: ScaleOperation,
): Promise<JsonObject | undefined> {
  const { objects } = await fetchObjects(reading, { kind: HORIZONTAL_POD_AUTOSCALER, namespace });
  return objects.find(
    (one) =>
      text(one, 'spec', 'scaleTargetRef', 'kind') === kind.kind &&
      text(one, 'spec', 'scaleTargetRef', 'name') === name,
  );
}
