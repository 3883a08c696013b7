import { condition, text } from '../facts/fields.ts';
import { count, draft, type FindingCheck, grouped, livePods, ownerOf, quote } from './finding-check.ts';

/** `pod.unschedulable`: no node takes it. */
export const podUnschedulable: FindingCheck = (looking) =>
  grouped(
    livePods(looking)
      .filter((pod) => {
        const scheduled = condition(pod, 'PodScheduled');
        return text(scheduled, 'status') === 'False' && text(scheduled, 'reason') === 'Unschedulable';
      })
      .map((pod) => ({ owner: ownerOf(pod, looking.objects), part: null, about: pod })),
    (owner, _part, pods) => {
      const told = quote(text(condition(pods[0], 'PodScheduled'), 'message')).replace(/\.$/, '');
      const says = `No node takes ${count(pods.length, 'pod')} of ${owner.name}${told === '' ? '' : `: ${told}`}.`;
      return draft('pod.unschedulable', owner, looking, says);
    },
  );
