import fc from 'fast-check';
import {
  type AskedKind,
  CRON_JOB,
  DEPLOYMENT,
  HORIZONTAL_POD_AUTOSCALER,
  KINDS,
  type KindRef,
  type ReadKind,
  ROLLOUT_KINDS,
} from '../../src/core/kinds.ts';
import type { Operation, WriteOperation } from '../../src/core/operation.ts';
import { API_VERBS, LOG_KINDS, RAW_PATHS, REVIEWED_SUBRESOURCES } from '../../src/core/read-operations.ts';
import {
  METADATA_KINDS,
  PAUSE_KINDS,
  type PatchValue,
  SCALE_KINDS,
} from '../../src/core/write-operations.ts';

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

const askedKinds: fc.Arbitrary<AskedKind> = fc.record({
  asked: fc.constantFrom('widgets', 'certificate', 'vs'),
  group: fc.constantFrom('example.com', 'cert-manager.io'),
  version: fc.constantFrom(null, 'v1', 'v1alpha2'),
});
const readKinds: fc.Arbitrary<ReadKind> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KINDS) },
  askedKinds,
  fc.constantFrom('widgets', 'gizmo').map((asked) => ({ asked, group: null, version: null })),
);
/** Templates out of pieces that are each taken; a quote within is what is hard to write back. */
const templates = fc
  .array(
    fc.constantFrom(
      ...['{.metadata.name}', '{.items[*].spec}', '{"\\n"}', "{'it'}", 'plain text', ' ', '{..image}'],
      ...[`{.items[?(@.status.phase=="Running")]['a','b']}`, '{range .items[0:2]}{.kind}{end}', '{$}'],
    ),
    { maxLength: 4 },
  )
  .map((pieces) => `${pieces.join('')}{.kind}`);

const get: fc.Arbitrary<Operation> = fc
  .record({
    kinds: fc.uniqueArray(readKinds, {
      minLength: 1,
      maxLength: 3,
      selector: (kind) => JSON.stringify(kind),
    }),
    names: fc.uniqueArray(names, { maxLength: 2 }),
    selector: fc.option(selectors),
    fieldSelector: fc.option(fieldSelectors),
    objects: fc.boolean(),
    output: fc.constantFrom('table', 'wide', 'yaml', 'json', 'name', 'jsonpath'),
    jsonpath: templates,
    sortBy: fc.option(fc.constantFrom('metadata.name', '{.status.phase}', '.spec.containers[0].image')),
    showLabels: fc.boolean(),
    noHeaders: fc.boolean(),
  })
  .chain(({ kinds, names: named, objects, selector, fieldSelector, output, jsonpath, ...flags }) => {
    const table = output === 'table' || output === 'wide';
    const mixed = objects && kinds.length > 1;
    const byName = mixed || named.length > 0;
    const known = kinds.some((kind) => 'kind' in kind && kind.namespaced);
    const place =
      known || kinds.every((kind) => 'kind' in kind) ? readPlace(known, byName) : fc.option(namespaces);
    return place.map((namespace) => ({
      verb: 'get',
      kinds,
      names: mixed ? [] : named,
      ...(mixed ? { objects: kinds.map((kind, at) => ({ kind, name: `name-${at}` })) } : {}),
      namespace,
      selector: byName ? null : selector,
      fieldSelector: byName ? null : fieldSelector,
      output,
      ...(output === 'jsonpath' ? { jsonpath } : {}),
      ...(flags.sortBy === null ? {} : { sortBy: flags.sortBy }),
      ...(flags.showLabels && table ? { showLabels: true } : {}),
      ...(flags.noHeaders && table ? { noHeaders: true } : {}),
    }));
  });

const describe: fc.Arbitrary<Operation> = fc
  .record({ kind: readKinds, name: fc.option(names), selector: fc.option(selectors) })
  .chain(({ kind, name, selector }) =>
    ('kind' in kind ? readPlace(kind.namespaced, name !== null) : fc.option(namespaces)).map((namespace) => ({
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
    memory: fc.boolean(),
    noHeaders: fc.boolean(),
  })
  .chain(({ what, name, selector, containers, memory, noHeaders }) =>
    readPlace(what === 'pods', name !== null).map((namespace) => ({
      verb: 'top',
      what,
      name,
      namespace,
      selector: name === null ? selector : null,
      containers: what === 'pods' && containers,
      ...(memory ? { sortBy: 'memory' as const } : {}),
      ...(noHeaders ? { noHeaders: true as const } : {}),
    })),
  );

const workload = { kind: fc.constantFrom(...ROLLOUT_KINDS), name: names, namespace: namespaces };
const revision = fc.option(fc.integer({ min: 1, max: 999_999_999 }));
const rolloutReads: fc.Arbitrary<Operation> = fc.oneof(
  fc.record(workload).map((about) => ({ verb: 'rollout status' as const, ...about })),
  fc.record({ ...workload, revision }).map((about) => ({ verb: 'rollout history' as const, ...about })),
);

const uniqueBy = <T, K>(one: fc.Arbitrary<T>, key: (value: T) => K): fc.Arbitrary<readonly T[]> =>
  fc.uniqueArray(one, { minLength: 1, maxLength: 3, selector: key });
const sortedBy = <T>(values: readonly T[], key: (value: T) => string): readonly T[] =>
  values.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

const images = fc
  .tuple(
    fc.constantFrom('', 'registry.example/', 'localhost:5000/', 'docker.io/library/'),
    names.map((name) => name.replaceAll('.', '/')),
    fc.constantFrom('', ':1.2.3', ':latest', `@sha256:${'0a'.repeat(32)}`, `:v1@sha256:${'f1'.repeat(32)}`),
  )
  .map((parts) => parts.join(''));
const quantity = fc.constantFrom('0', '1', '250m', '0.5', '512Mi', '1Gi', '2G');
const quantities = fc
  .record({ cpu: quantity, 'ephemeral-storage': quantity, memory: quantity }, { requiredKeys: [] })
  .map((some) => ({ ...some }));
const metadata = (value: fc.Arbitrary<string>) =>
  fc
    .record({
      kind: fc.constantFrom(...METADATA_KINDS),
      name: names,
      namespace: namespaces,
      changes: uniqueBy(
        fc.record({
          key: labelKey.filter((key) => !/(^|\.)(k8s\.io|kubernetes\.io|firstmate\.dev)\//.test(key)),
          value: fc.option(value),
        }),
        ({ key }) => key,
      ).map((changes) => sortedBy(changes, ({ key }) => key)),
      overwrite: fc.boolean(),
    })
    .map((some) => ({ ...some, namespace: some.kind.namespaced ? some.namespace : null }));

/** Paths of one kind's fields, each with values that it takes; some in a container, by its name or its place. */
const PATCHABLE: readonly (readonly [KindRef, readonly (readonly [string, readonly PatchValue[]])[]])[] = [
  ...ROLLOUT_KINDS.map(
    (kind) =>
      [
        kind,
        [
          ['/spec/minReadySeconds', [0, 30, null]],
          ['/spec/template/spec/terminationGracePeriodSeconds', [60]],
          ['/spec/template/spec/containers/[app]/resources/limits/memory', ['512Mi', null]],
          ['/spec/template/spec/containers/[app]/readinessProbe/failureThreshold', [3]],
          ['/spec/template/spec/containers/[side-car]/resources/requests/cpu', ['100m']],
        ],
      ] as const,
  ),
  [
    DEPLOYMENT,
    [
      ['/spec/strategy/rollingUpdate/maxSurge', ['25%', 1]],
      ['/spec/progressDeadlineSeconds', [600]],
    ],
  ],
  [
    DEPLOYMENT,
    [
      ['/spec/template/spec/containers/0/resources/limits/cpu', ['1', null]],
      ['/spec/minReadySeconds', [1]],
    ],
  ],
  [
    HORIZONTAL_POD_AUTOSCALER,
    [
      ['/spec/minReplicas', [0, 2, null]],
      ['/spec/maxReplicas', [0, 12]],
      ['/spec/behavior/scaleDown/selectPolicy', ['Disabled']],
    ],
  ],
  [
    CRON_JOB,
    [
      ['/spec/suspend', [true, false]],
      ['/spec/schedule', ['*/5 * * * *', '@hourly']],
      ['/spec/timeZone', ['Europe/Berlin']],
    ],
  ],
];
const patch: fc.Arbitrary<WriteOperation> = fc.constantFrom(...PATCHABLE).chain(([kind, fields]) =>
  fc.record({
    verb: fc.constant('patch' as const),
    kind: fc.constant(kind),
    name: names,
    namespace: namespaces,
    changes: uniqueBy(
      fc
        .constantFrom(...fields)
        .chain(([path, values]) => fc.constantFrom(...values).map((value) => ({ path, value }))),
      ({ path }) => path,
    ).map((changes) => sortedBy(changes, ({ path }) => path)),
  }),
);

const node = { name: names, namespace: fc.constant(null) };
const seconds = fc.integer({ min: 1, max: 3600 });

/** One for each verb of the registry: a new verb without one does not compile. */
const WRITES: { readonly [V in WriteOperation['verb']]: fc.Arbitrary<WriteOperation> } = {
  'rollout undo': fc
    .record({ ...workload, toRevision: revision })
    .map((about) => ({ verb: 'rollout undo' as const, ...about })),
  'rollout restart': fc.record(workload).map((about) => ({ verb: 'rollout restart' as const, ...about })),
  'rollout pause': fc
    .record({ ...workload, kind: fc.constantFrom(...PAUSE_KINDS) })
    .map((about) => ({ verb: 'rollout pause' as const, ...about })),
  'rollout resume': fc
    .record({ ...workload, kind: fc.constantFrom(...PAUSE_KINDS) })
    .map((about) => ({ verb: 'rollout resume' as const, ...about })),
  scale: fc
    .record({
      kind: fc.constantFrom(...SCALE_KINDS),
      name: names,
      namespace: namespaces,
      replicas: fc.integer({ min: 0, max: 10_000 }),
      currentReplicas: fc.option(fc.integer({ min: 0, max: 10_000 })),
    })
    .map((about) => ({ verb: 'scale' as const, ...about })),
  'set image': fc
    .record({
      ...workload,
      images: uniqueBy(fc.record({ container: namespaces, image: images }), ({ container }) => container),
    })
    .map((about) => ({ verb: 'set image' as const, ...about })),
  'set resources': fc
    .record({ ...workload, container: fc.option(namespaces), limits: quantities, requests: quantities })
    .filter(({ limits, requests }) => Object.keys({ ...limits, ...requests }).length > 0)
    .map((about) => ({ verb: 'set resources' as const, ...about })),
  cordon: fc.record(node).map((about) => ({ verb: 'cordon' as const, ...about })),
  uncordon: fc.record(node).map((about) => ({ verb: 'uncordon' as const, ...about })),
  drain: fc
    .record({
      ...node,
      deleteEmptyDirData: fc.boolean(),
      force: fc.boolean(),
      timeoutSeconds: seconds,
      graceSeconds: fc.option(seconds),
    })
    .map((about) => ({ verb: 'drain' as const, ...about })),
  'delete pod': fc
    .record(
      { name: names, namespace: namespaces, graceSeconds: fc.integer({ min: 0, max: 3600 }) },
      { requiredKeys: ['name', 'namespace'] },
    )
    .map((about) => ({ verb: 'delete pod' as const, ...about })),
  'delete job': fc
    .record({ name: names, namespace: namespaces })
    .map((about) => ({ verb: 'delete job' as const, ...about })),
  label: metadata(labelValue).map((about) => ({ verb: 'label' as const, ...about })),
  annotate: metadata(fc.stringMatching(/^[ -~]{0,20}$/)).map((about) => ({
    verb: 'annotate' as const,
    ...about,
  })),
  patch,
};
export const writeOperations: fc.Arbitrary<WriteOperation> = fc.oneof(...Object.values(WRITES));
export const namespacedWrites = writeOperations.filter(({ namespace }) => namespace !== null);

const reviews: fc.Arbitrary<Operation> = fc
  .record({
    action: fc.constantFrom(...API_VERBS),
    kind: fc.constantFrom(...KINDS),
    subresource: fc.option(fc.constantFrom(...REVIEWED_SUBRESOURCES)),
    name: fc.option(names),
  })
  .chain((about) =>
    readPlace(about.kind.namespaced, about.name !== null).map((namespace) => ({
      verb: 'auth can-i',
      ...about,
      namespace,
    })),
  );
const rawReads: fc.Arbitrary<Operation> = fc
  .record({ path: fc.constantFrom(...RAW_PATHS), verbose: fc.boolean() })
  .map(({ path, verbose }) => ({ verb: 'get --raw', path, verbose: verbose && path !== '/version' }));
const versions: fc.Arbitrary<Operation> = fc
  .constantFrom('text' as const, 'yaml' as const, 'json' as const)
  .map((output) => ({ verb: 'version', output }));
const apiResources: fc.Arbitrary<Operation> = fc
  .record({
    group: fc.option(fc.oneof(names, fc.constant(''))),
    namespaced: fc.option(fc.boolean()),
    output: fc.constantFrom('table' as const, 'wide' as const, 'name' as const),
    noHeaders: fc.boolean(),
  })
  .map(({ noHeaders, ...some }) => ({
    verb: 'api-resources',
    ...some,
    ...(noHeaders && some.output !== 'name' ? { noHeaders: true } : {}),
  }));

/** Every operation that the types allow and a line can say. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  get,
  describe,
  logs,
  events,
  top,
  rolloutReads,
  reviews,
  rawReads,
  versions,
  apiResources,
  writeOperations,
);
