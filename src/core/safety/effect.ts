import { type FieldChange, objectName } from '../kube.ts';
import type { WriteOperation } from '../operation.ts';
import type { Draft } from '../plan.ts';

/** What a change does to running pods, told by the objects and fields that it touches and not by its command. */
export type Effect = {
  /** Workloads whose pods are replaced, since their template changes or starts to reach them. */
  readonly replaced: readonly string[];
  /** Of these, those that were paused: whatever their template became meanwhile reaches pods now. */
  readonly resumed: readonly string[];
  readonly scaled: readonly { readonly workload: string; readonly before: number; readonly after: number }[];
  /** Pods that go. */
  readonly removed: readonly string[];
  /** Whether pods leave by eviction: their nodes take none back. */
  readonly drains: boolean;
  /** Whether it only brings an earlier template back, which ends a rollout instead of adding one. */
  readonly goesBack: boolean;
};

export type Drafted = Pick<Draft, 'targets' | 'diff' | 'requests' | 'facts'>;

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

export function effectOf(operation: WriteOperation, drafted: Drafted): Effect {
  const targets = drafted.targets.map(({ ref }) => ({ kind: ref.kind, name: objectName(ref) }));
  const workloads = targets.filter(({ kind }) => WORKLOADS.has(kind)).map(({ name }) => name);
  const changes = drafted.diff.filter(({ object }) => workloads.includes(object));
  const resumed = changes.filter(({ path, after }) => path === 'spec.paused' && after !== true);
  const replaced = [
    ...changes.filter((change) => touches(change.path, 'spec.template') || reachesMore(change)),
    ...resumed,
  ];
  return {
    replaced: [...new Set(replaced.map(({ object }) => object))],
    resumed: resumed.map(({ object }) => object),
    scaled: [
      ...changes
        .filter(({ path }) => path === 'spec.replicas')
        .map(({ object, before, after }) => ({
          workload: object,
          before: count(before),
          after: count(after),
        })),
      ...byAutoscaler(drafted.facts),
    ],
    removed: podsLeaving(drafted),
    drains: drafted.requests.some(({ path }) => path.endsWith('/eviction')),
    goesBack: operation.verb === 'rollout undo',
  };
}

/**
 * The pods that go: that are deleted or evicted, or that lose a label by which their controller, a Service or a budget
 * may have found them. A label that comes in addition takes a pod away from nobody.
 */
export function podsLeaving({ targets, diff }: Pick<Drafted, 'targets' | 'diff'>): readonly string[] {
  const leaving = new Set(
    diff
      .filter(({ path, before }) => path === '' || (touches(path, 'metadata.labels') && before !== undefined))
      .map(({ object }) => object),
  );
  return targets
    .filter(({ ref }) => ref.kind === 'Pod')
    .map(({ ref }) => objectName(ref))
    .filter((name) => leaving.has(name));
}

/** A lower partition of a StatefulSet lets its newest template reach more pods (0 where it is left out). */
function reachesMore({ path, before, after }: FieldChange): boolean {
  const from = typeof before === 'number' ? before : 0;
  const to = typeof after === 'number' ? after : 0;
  return path === 'spec.updateStrategy.rollingUpdate.partition' && to < from;
}

function touches(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** An autoscaler with other bounds scales; by how many, where nobody could see it, is the most that it may be. */
function byAutoscaler({ autoscaling, replicasBefore, replicasAfter }: Draft['facts']): Effect['scaled'] {
  if (autoscaling === undefined) return [];
  const before = replicasBefore ?? autoscaling.from.max;
  const after = replicasAfter ?? autoscaling.to.min;
  return before === after ? [] : [{ workload: objectName(autoscaling.of), before, after }];
}

/** A count that the object leaves out is 1 (Deployment and StatefulSet, spec.replicas). */
function count(value: unknown): number {
  return typeof value === 'number' ? value : 1;
}
