import { field, integer, list, text } from '../facts/fields.ts';
import type { KubeObject } from '../kube.ts';
import { type ContainerView, containersOf } from '../pods.ts';
import { type Looking, livePods, ownerOf, since } from './finding-check.ts';

/** How a container ended last; `agoSeconds` is null when nobody wrote down when. */
export type LastEnd = {
  readonly reason: string;
  readonly exitCode: number;
  readonly message: string;
  readonly agoSeconds: number | null;
};

export type SeenContainer = {
  readonly pod: string;
  readonly owner: ReturnType<typeof ownerOf>;
  readonly view: ContainerView;
  readonly lastEnd: LastEnd | null;
};

/** An end longer ago than this is history: the container has run well since. */
export const RECENT_SECONDS = 600;

function lastEndOf(pod: KubeObject, container: string, looking: Looking): LastEnd | null {
  const statuses = [
    ...list(pod, 'status', 'containerStatuses'),
    ...list(pod, 'status', 'initContainerStatuses'),
  ];
  const status = statuses.find((one) => text(one, 'name') === container);
  const end = field(status, 'state', 'terminated') ?? field(status, 'lastState', 'terminated');
  if (end === undefined) return null;
  const finishedAt = text(end, 'finishedAt');
  return {
    reason: text(end, 'reason'),
    exitCode: integer(end, ['exitCode']),
    message: text(end, 'message'),
    agoSeconds: finishedAt === '' ? null : since(finishedAt, looking),
  };
}

/** All containers of the live pods, init containers too, each with its owner and how it ended last. */
export function seenContainers(looking: Looking): readonly SeenContainer[] {
  return livePods(looking).flatMap((pod) => {
    const owner = ownerOf(pod, looking.objects);
    return [...containersOf(pod, 'initContainers'), ...containersOf(pod)].map((view) => ({
      pod: pod.metadata?.name ?? '',
      owner,
      view,
      lastEnd: lastEndOf(pod, view.name, looking),
    }));
  });
}

/** Whether its last end is part of what goes on now. */
export function endedLately({ view, lastEnd }: SeenContainer): boolean {
  if (lastEnd === null) return false;
  return !view.ready || (lastEnd.agoSeconds !== null && lastEnd.agoSeconds <= RECENT_SECONDS);
}
