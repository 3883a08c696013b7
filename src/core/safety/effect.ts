import { objectName } from '../kube.ts';
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
  const replaced = [...changes.filter(({ path }) => touches(path, 'spec.template')), ...resumed];
  const gone = new Set(drafted.diff.filter(({ path }) => path === '').map(({ object }) => object));
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
    removed: targets.filter(({ kind, name }) => kind === 'Pod' && gone.has(name)).map(({ name }) => name),
    drains: drafted.requests.some(({ path }) => path.endsWith('/eviction')),
    goesBack: operation.verb === 'rollout undo',
  };
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
