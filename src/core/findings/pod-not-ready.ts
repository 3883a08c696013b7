import { condition, text } from '../facts/fields.ts';
import type { KubeObject } from '../kube.ts';
import { podReady, podReason } from '../pods.ts';
import {
  count,
  draft,
  type FindingCheck,
  grouped,
  type Looking,
  lasting,
  livePods,
  ownerOf,
  quote,
  since,
} from './finding-check.ts';

/** Every pod is unready while it starts. */
const GRACE_SECONDS = 60;

function unreadySeconds(pod: KubeObject, looking: Looking): number {
  const changed = text(condition(pod, 'Ready'), 'lastTransitionTime');
  return since(changed === '' ? (pod.metadata?.creationTimestamp ?? '') : changed, looking);
}

/** `pod.not_ready`: it runs, or should, and takes no traffic; where another check knows why, that one tells too. */
export const podNotReady: FindingCheck = (looking) =>
  grouped(
    livePods(looking)
      .filter((pod) => !podReady(pod) && unreadySeconds(pod, looking) >= GRACE_SECONDS)
      .map((pod) => ({ owner: ownerOf(pod, looking.objects), part: null, about: pod })),
    (owner, _part, pods) => {
      const [first] = pods;
      const longest = Math.max(...pods.map((pod) => unreadySeconds(pod, looking)));
      const told = text(condition(first, 'Ready'), 'message');
      const why = podReason(first) || quote(told);
      const says = `${count(pods.length, 'pod')} of ${owner.name} not ready for ${lasting(longest)}${why === '' ? '' : ` (${why})`}.`;
      return draft('pod.not_ready', owner, looking, says);
    },
  );
