import { integer, text } from '../../core/facts/fields.ts';
import { HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET } from '../../core/kinds.ts';
import type { KubeObject, ObjectRef } from '../../core/kube.ts';
import { podReady } from '../../core/pods.ts';
import type { ClusterSafety } from '../../core/ports/safety.ts';
import { budgetFacts, type Selectable } from '../../core/safety/budget.ts';
import { type Effect, effectOf } from '../../core/safety/effect.ts';
import type {
  AutoscalerFacts,
  BudgetFacts,
  ClusterFacts,
  Owner,
  RemovedPod,
} from '../../core/safety/facts.ts';
import { nameOfObject, templateLabels, workloadSafety } from '../../core/safety/workload.ts';
import { ReadFailed } from '../faults.ts';
import { openReading, type ReaderParts, type Reading } from '../reading.ts';
import { allPages } from './all-pages.ts';
import { type Chain, chainOf, type ObjectReader, objectReader } from './chain.ts';
import { drainFacts } from './drain.ts';
import { ownersOf } from './git-owner.ts';
import { knownOrWhy } from './known-or-why.ts';

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** What the change touches, with the owners of each; a target that is gone is nobody's any more. */
type Seen = {
  readonly effect: Effect;
  readonly chains: readonly Chain[];
  /** The workload of an autoscaler whose bounds the change sets; it is no target. */
  readonly autoscaled: KubeObject | null;
  /** That autoscaler itself does not fight what it is told. */
  readonly own: readonly string[];
};

/** The safety facts of one cluster, by its reading identity. */
export function clusterSafety(parts: ReaderParts): ClusterSafety {
  return {
    async look({ operation, drafted }, within): Promise<ClusterFacts> {
      const reading = openReading(parts, within);
      const readObject = objectReader(reading);
      const effect = effectOf(operation, drafted);
      const autoscaled = drafted.facts.autoscaling?.of;
      const seen = once(
        async (): Promise<Seen> => ({
          effect,
          chains: await chainsOf(
            readObject,
            drafted.targets.map(({ ref }) => ref),
          ),
          autoscaled:
            autoscaled === undefined
              ? null
              : await readObject(autoscaled.kind, autoscaled.namespace, autoscaled.name),
          own:
            autoscaled === undefined ? [] : drafted.targets.map(({ ref }) => `${ref.namespace}/${ref.name}`),
        }),
      );
      const [workloads, removed, budgets, autoscalers, owners, drain] = await Promise.all([
        knownOrWhy(async () => workloadsOf(await seen()).map(workloadSafety)),
        knownOrWhy(async (): Promise<readonly RemovedPod[]> => removedPods(await seen())),
        knownOrWhy(async () => budgetsFor(reading, await seen())),
        knownOrWhy(async () => autoscalersFor(reading, await seen())),
        knownOrWhy(async () => ownersFor(reading, await seen())),
        knownOrWhy(async () => (effect.drains ? drainFacts(reading, podsOf(await seen()).map(first)) : null)),
      ]);
      return { workloads, removed, budgets, autoscalers, owners, drain };
    },
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= read();
    return asked;
  };
}

/** @throws ReadFailed, also when a target is gone: nothing can be said of what is not there */
function chainsOf(readObject: ObjectReader, refs: readonly ObjectRef[]): Promise<readonly Chain[]> {
  return Promise.all(
    refs.map(async ({ kind, namespace, name }) =>
      chainOf(readObject, await readObject(kind, namespace, name)),
    ),
  );
}

function first(chain: Chain): KubeObject {
  const [object] = chain.objects;
  if (object === undefined) throw new ReadFailed('not_found', 'The target of the change is gone.');
  return object;
}

function podsOf({ chains }: Seen): readonly Chain[] {
  return chains.filter((chain) => first(chain).kind === 'Pod');
}

/** The targets themselves, and for a pod the topmost workload that keeps it. */
function workloadsOf({ chains, autoscaled }: Seen): readonly KubeObject[] {
  const byName = new Map<string, KubeObject>();
  if (autoscaled !== null) byName.set(nameOfObject(autoscaled), autoscaled);
  for (const chain of chains) {
    const object = first(chain);
    const workload = object.kind === 'Pod' ? workloadOfPod(chain) : object;
    if (workload !== undefined && isWorkload(workload)) byName.set(nameOfObject(workload), workload);
  }
  return [...byName.values()];
}

function isWorkload(object: KubeObject): boolean {
  return WORKLOADS.has(object.kind ?? '');
}

function workloadOfPod(chain: Chain): KubeObject | undefined {
  return chain.objects.findLast(isWorkload);
}

function removedPods(seen: Seen): readonly RemovedPod[] {
  return podsOf(seen).map((chain) => {
    const pod = first(chain);
    const workload = workloadOfPod(chain);
    return {
      name: nameOfObject(pod),
      ready: podReady(pod) && pod.metadata?.deletionTimestamp === undefined,
      workload: workload === undefined ? null : nameOfObject(workload),
    };
  });
}

function disturbs({ effect, autoscaled }: Seen): boolean {
  return autoscaled !== null || effect.replaced.length + effect.scaled.length + effect.removed.length > 0;
}

async function budgetsFor(reading: Reading, seen: Seen): Promise<readonly BudgetFacts[]> {
  if (!disturbs(seen)) return [];
  const among: readonly Selectable[] = [
    ...podsOf(seen)
      .map(first)
      .map((pod) => selectable(pod, pod.metadata?.labels ?? {})),
    ...workloadsOf(seen).map((workload) => selectable(workload, templateLabels(workload))),
  ];
  const namespaces = [...new Set(among.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map((namespace) => allPages(reading, POD_DISRUPTION_BUDGET, namespace)),
  );
  return lists.flat().flatMap((budget) => budgetFacts(budget, among) ?? []);
}

function selectable(object: KubeObject, labels: Selectable['labels']): Selectable {
  return { name: nameOfObject(object), namespace: object.metadata?.namespace ?? '', labels };
}

async function autoscalersFor(reading: Reading, seen: Seen): Promise<readonly AutoscalerFacts[]> {
  const scaled = workloadsOf(seen).filter(
    (one) =>
      one === seen.autoscaled || seen.effect.scaled.some(({ workload }) => workload === nameOfObject(one)),
  );
  if (scaled.length === 0) return [];
  const namespaces = [...new Set(scaled.map((one) => one.metadata?.namespace ?? ''))];
  const lists = await Promise.all(
    namespaces.map((namespace) => allPages(reading, HORIZONTAL_POD_AUTOSCALER, namespace)),
  );
  return lists.flat().flatMap((autoscaler) => {
    const target = scaled.find(
      (one) =>
        one.kind === text(autoscaler, 'spec', 'scaleTargetRef', 'kind') &&
        one.metadata?.name === text(autoscaler, 'spec', 'scaleTargetRef', 'name') &&
        one.metadata?.namespace === autoscaler.metadata?.namespace,
    );
    const name = `${autoscaler.metadata?.namespace ?? ''}/${autoscaler.metadata?.name ?? ''}`;
    if (target === undefined || seen.own.includes(name)) return [];
    return {
      name,
      workload: nameOfObject(target),
      min: integer(autoscaler, ['spec', 'minReplicas'], 1),
      max: integer(autoscaler, ['spec', 'maxReplicas']),
    };
  });
}

async function ownersFor(reading: Reading, seen: Seen): Promise<readonly Owner[]> {
  const others: readonly string[] = ['Pod', 'Node'];
  const chains = seen.chains.filter((chain) => !others.includes(first(chain).kind ?? ''));
  return (await Promise.all(chains.map((chain) => ownersOf(reading, chain)))).flat();
}
