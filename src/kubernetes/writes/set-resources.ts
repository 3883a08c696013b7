import { valueAt } from '../../core/diff.ts';
import { list, text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Quantities, SetResourcesOperation } from '../../core/operation.ts';
import type { Inverse } from '../../core/plan.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { containerPointer, fieldPointers, fieldSteps } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { count, nameOf, replicasOf } from './workload.ts';

const POD_SPEC = '/spec/template/spec';

type Field = {
  readonly container: string;
  readonly of: 'limits' | 'requests';
  readonly resource: string;
  readonly pointer: string;
  readonly value: string;
  /** Null where nothing was set. */
  readonly before: string | null;
};

/** `kubectl set resources`, of one container or of all. @throws ReadFailed */
export async function prepareSetResources(
  reading: Reading,
  operation: SetResourcesOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  const all = list(valueAt(live, POD_SPEC), 'containers').map((one) => text(one, 'name'));
  if (operation.container !== null && !all.includes(operation.container)) {
    return refuse(`${nameOf(live)} has no container ${operation.container}; it has ${all.join(', ')}.`);
  }
  const containers = operation.container === null ? all : [operation.container];
  const fields = containers.flatMap((container) => [
    ...fieldsOf(live, container, 'limits', operation.limits),
    ...fieldsOf(live, container, 'requests', operation.requests),
  ]);
  const changed = fields.filter(({ value, before }) => value !== before);
  if (changed.length === 0) return refuse(`${nameOf(live)} has these resources already.`);
  const replicas = replicasOf(live);
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, changed) },
        reviewed: fieldPointers(changed),
      },
    ],
    inverse: inverseOf(operation, changed),
    blast: {
      objects: 1,
      pods: replicas,
      says: `${count(replicas, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says`,
    },
    fromVersion: told(changed.map((one) => [one, one.before ?? 'none'])),
    toVersion: told(changed.map((one) => [one, one.value])),
    facts: NO_FACTS,
  };
}

function fieldsOf(
  live: JsonObject,
  container: string,
  of: Field['of'],
  quantities: Quantities,
): readonly Field[] {
  const base = containerPointer(live, POD_SPEC, container);
  return Object.entries(quantities).map(([resource, value]) => {
    const pointer = `${base}/resources/${of}/${resource}`;
    const before = valueAt(live, pointer);
    return { container, of, resource, pointer, value, before: typeof before === 'string' ? before : null };
  });
}

/** kubectl's `set resources` can set but not take away: where nothing was before, a patch does. */
function inverseOf(operation: SetResourcesOperation, changed: readonly Field[]): Inverse {
  const { kind, name, namespace } = operation;
  const [first] = changed;
  const one = changed.every(({ container, before }) => container === first?.container && before !== null);
  if (one && first !== undefined) {
    const before = (of: Field['of']): Quantities =>
      Object.fromEntries(
        changed.flatMap((field) =>
          field.of === of && field.before !== null ? [[field.resource, field.before]] : [],
        ),
      );
    return inverseBy(
      { ...operation, container: first.container, limits: before('limits'), requests: before('requests') },
      'Set them back',
    );
  }
  const changes = changed.map(({ container, of, resource, before }) => ({
    path: `${POD_SPEC}/containers/[${container}]/resources/${of}/${resource}`,
    value: before,
  }));
  const sorted = changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return inverseBy({ verb: 'patch', kind, name, namespace, changes: sorted }, 'Set them back');
}

/** `checkout limits memory 256Mi`. */
function told(values: readonly (readonly [Field, string])[]): string {
  return values
    .map(([{ container, of, resource }, value]) => `${container} ${of} ${resource} ${value}`)
    .join(', ');
}
