import { sameJson, valueAt } from '../../core/diff.ts';
import { integer, text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  DAEMON_SET,
  DEPLOYMENT,
  HORIZONTAL_POD_AUTOSCALER,
  STATEFUL_SET,
  sameKind,
} from '../../core/kinds.ts';
import type { PatchChange, PatchOperation, PatchValue } from '../../core/operation.ts';
import type { Draft } from '../../core/plan.ts';
import { reachedBelow } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { containerPointer, fieldPointers, fieldSteps } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { fieldName } from './reviewed.ts';
import { count, nameOf, replicasOf } from './workload.ts';

const MIN = '/spec/minReplicas';
const MAX = '/spec/maxReplicas';
const PARTITION = '/spec/updateStrategy/rollingUpdate/partition';

type Field = {
  readonly path: string;
  readonly pointer: string;
  readonly value: PatchValue;
  readonly before: PatchValue;
};

/** `kubectl patch` of fields on the list of core/patch-fields.ts. @throws ReadFailed */
export async function preparePatch(
  reading: Reading,
  operation: PatchOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  const found = operation.changes.map((change) => fieldOf(live, change));
  const missing = found.find((one) => typeof one === 'string');
  if (typeof missing === 'string') return refuse(`${nameOf(live)} has no container ${missing}.`);
  const fields = found.filter((one) => typeof one !== 'string');
  const changed = fields.filter(({ value, before }) => !sameJson(value, before));
  if (changed.length === 0) return refuse(`${nameOf(live)} is so already.`);
  const back = changed.map(({ path, before }) => ({ path, value: before }));
  const template = changed.some(({ path }) => path.startsWith('/spec/template/'));
  const workload = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET].some((one) => sameKind(one, kind));
  const pods = template && workload ? replicasOf(live) : reached(live, changed);
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, changed) },
        reviewed: fieldPointers(changed),
      },
    ],
    inverse: inverseBy({ ...operation, changes: back }, 'Put it back'),
    blast: {
      objects: 1,
      pods,
      says:
        template || pods > 0
          ? `${count(pods, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says`
          : `${changed.map(({ pointer }) => fieldName(pointer)).join(', ')} of ${nameOf(live)}`,
    },
    fromVersion: told(changed.map(({ pointer, before }) => [pointer, before])),
    toVersion: told(changed.map(({ pointer, value }) => [pointer, value])),
    facts: { ...NO_FACTS, ...autoscalingOf(live, operation) },
  };
}

/** The pods that a lower partition lets the newest template reach. */
function reached(live: JsonObject, changed: readonly Field[]): number {
  const partition = changed.find(({ path }) => path === PARTITION);
  if (partition === undefined) return 0;
  const number = (value: PatchValue): number => (typeof value === 'number' ? value : 0);
  return reachedBelow(live, { from: number(partition.before), to: number(partition.value) });
}

/** Whom the autoscaler scales, and between which bounds before and after. The API's default for minReplicas is 1. */
function autoscalingOf(
  live: JsonObject,
  { kind, namespace, changes }: PatchOperation,
): Partial<Draft['facts']> {
  const bounds = changes.filter(({ path }) => path === MIN || path === MAX);
  if (!sameKind(kind, HORIZONTAL_POD_AUTOSCALER) || bounds.length === 0) return {};
  const from = {
    min: integer(live, ['spec', 'minReplicas'], 1),
    max: integer(live, ['spec', 'maxReplicas']),
  };
  const to = (path: string, before: number, fallback: number): number => {
    const change = bounds.find((one) => one.path === path);
    if (change === undefined) return before;
    return typeof change.value === 'number' ? change.value : fallback;
  };
  return {
    autoscaling: {
      of: {
        kind: text(live, 'spec', 'scaleTargetRef', 'kind'),
        namespace,
        name: text(live, 'spec', 'scaleTargetRef', 'name'),
      },
      from,
      to: { min: to(MIN, from.min, 1), max: to(MAX, from.max, from.max) },
    },
  };
}

/** A change with its place in the object; the container's name when the object has no such container. */
function fieldOf(live: JsonObject, { path, value }: PatchChange): Field | string {
  const [, podSpec = '', place = '', rest = ''] = /^(.*)\/containers\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const named = /^\[(.*)\]$/.exec(place)?.[1];
  const container =
    named === undefined ? `${podSpec}/containers/${place}` : containerPointer(live, podSpec, named);
  if (place !== '' && (container === undefined || valueAt(live, container) === undefined))
    return named ?? place;
  const pointer = place === '' ? path : `${container}${rest}`;
  const before = valueAt(live, pointer) ?? null;
  return { path, pointer, value, before: typeof before === 'object' ? null : before };
}

function told(values: readonly (readonly [string, PatchValue])[]): string {
  return values.map(([pointer, value]) => `${fieldName(pointer)} ${value ?? 'none'}`).join(', ');
}
