import fc from 'fast-check';
import { KINDS, ROLLOUT_KINDS } from '../../src/core/kinds.ts';
import { LOG_KINDS, type Operation, type WriteOperation } from '../../src/core/operation.ts';
import { SCALE_KINDS } from '../../src/core/write-operations.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?$/);
export const namespaces = label;
export const names = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const labelValue = fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,10}[A-Za-z0-9])?)?$/);
const labelKey = fc
  .tuple(fc.option(names), fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,10}[A-Za-z0-9])?$/))
  .map(([prefix, name]) => (prefix === null ? name : `${prefix}/${name}`));
const requirement = fc.oneof(
  labelKey,
  labelKey.map((key) => `!${key}`),
  fc.tuple(labelKey, fc.constantFrom('=', '==', '!='), labelValue).map((parts) => parts.join('')),
  fc
    .tuple(labelKey, fc.constantFrom('in', 'notin'), fc.array(labelValue, { minLength: 1, maxLength: 3 }))
    .map(([key, op, values]) => `${key} ${op} (${values.join(',')})`),
);
export const selectors = fc
  .array(requirement, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(','));
const fieldSelectors = fc
  .tuple(
    fc.constantFrom('status.phase', 'spec.nodeName', 'involvedObject.name'),
    fc.constantFrom('=', '!='),
    names,
  )
  .map((parts) => parts.join(''));
const place = fc.option(namespaces);

/** Where a read looks: a kind without namespaces has none, and a name needs one. */
function readPlace(namespaced: boolean, named: boolean): fc.Arbitrary<string | null> {
  if (!namespaced) return fc.constant(null);
  return named ? namespaces : place;
}

const get: fc.Arbitrary<Operation> = fc
  .record({
    kinds: fc.uniqueArray(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 3 }),
    names: fc.uniqueArray(names, { maxLength: 2 }),
    selector: fc.option(selectors),
    fieldSelector: fc.option(fieldSelectors),
    output: fc.constantFrom('table', 'wide', 'yaml', 'json', 'name'),
    noHeaders: fc.boolean(),
  })
  .chain(({ kinds, names: named, selector, fieldSelector, output, noHeaders }) => {
    const byName = named.length > 0;
    const table = output === 'table' || output === 'wide';
    const namespaced = kinds.some((kind) => kind.namespaced);
    return readPlace(namespaced, byName).map((namespace) => ({
      verb: 'get',
      kinds,
      names: named,
      namespace,
      selector: byName ? null : selector,
      fieldSelector: byName ? null : fieldSelector,
      output,
      ...(noHeaders && table ? { noHeaders: true } : {}),
    }));
  });

const describe: fc.Arbitrary<Operation> = fc
  .record({ kind: fc.constantFrom(...KINDS), name: fc.option(names), selector: fc.option(selectors) })
  .chain(({ kind, name, selector }) =>
    readPlace(kind.namespaced, name !== null).map((namespace) => ({
      verb: 'describe',
      kind,
      name,
      namespace,
      selector: name === null ? selector : null,
    })),
  );

const logs: fc.Arbitrary<Operation> = fc
  .record({
    target: fc.option(fc.record({ kind: fc.constantFrom(...LOG_KINDS), name: names })),
    selector: selectors,
    container: fc.option(namespaces),
    allContainers: fc.boolean(),
    namespace: namespaces,
    previous: fc.boolean(),
    timestamps: fc.boolean(),
    tail: fc.integer({ min: 1, max: 5000 }),
    sinceSeconds: fc.option(fc.integer({ min: 1, max: 604_800 })),
  })
  .map((some) => ({
    verb: 'logs',
    ...some,
    selector: some.target === null ? some.selector : null,
    allContainers: some.container === null && some.allContainers,
  }));

const types: fc.Arbitrary<readonly ('Normal' | 'Warning')[]> = fc.uniqueArray(
  fc.constantFrom('Normal', 'Warning'),
);
const events: fc.Arbitrary<Operation> = fc
  .record({
    namespace: place,
    for: fc.option(fc.record({ kind: fc.constantFrom(...KINDS), name: names })),
    types,
  })
  .map((some) => ({ verb: 'events', ...some }));

const top: fc.Arbitrary<Operation> = fc
  .record({
    what: fc.constantFrom('pods', 'nodes'),
    name: fc.option(names),
    selector: fc.option(selectors),
    containers: fc.boolean(),
  })
  .chain(({ what, name, selector, containers }) =>
    readPlace(what === 'pods', name !== null).map((namespace) => ({
      verb: 'top',
      what,
      name,
      namespace,
      selector: name === null ? selector : null,
      containers: what === 'pods' && containers,
    })),
  );

const workload = { kind: fc.constantFrom(...ROLLOUT_KINDS), name: names, namespace: namespaces };
const revision = fc.option(fc.integer({ min: 1, max: 999_999_999 }));
const rolloutReads: fc.Arbitrary<Operation> = fc.oneof(
  fc.record(workload).map((about) => ({ verb: 'rollout status' as const, ...about })),
  fc.record({ ...workload, revision }).map((about) => ({ verb: 'rollout history' as const, ...about })),
);

export const writeOperations: fc.Arbitrary<WriteOperation> = fc.oneof(
  fc
    .record({ ...workload, toRevision: revision })
    .map((about) => ({ verb: 'rollout undo' as const, ...about })),
  fc.record(workload).map((about) => ({ verb: 'rollout restart' as const, ...about })),
  fc
    .record({
      kind: fc.constantFrom(...SCALE_KINDS),
      name: names,
      namespace: namespaces,
      replicas: fc.integer({ min: 0, max: 10_000 }),
      currentReplicas: fc.option(fc.integer({ min: 0, max: 10_000 })),
    })
    .map((about) => ({ verb: 'scale' as const, ...about })),
  fc
    .record({ name: names, namespace: namespaces })
    .map((about) => ({ verb: 'delete pod' as const, ...about })),
);

/** Every operation that the types allow and a line can say. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  get,
  describe,
  logs,
  events,
  top,
  rolloutReads,
  writeOperations,
);
