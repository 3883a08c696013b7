import type { EventNamed, EventType } from '../core/events.ts';
import type { ActionType } from '../core/operation.ts';
import { who } from '../core/timeline-text.ts';

/** What an ending is told from: an event without its place in a timeline. */
type Happened = { [T in EventType]: Pick<EventNamed<T>, 'type' | 'payload' | 'actor'> }[EventType];

const DONE: Readonly<Record<ActionType, string>> = {
  rollback: 'rolled back',
  restart: 'restarted',
  pause_rollout: 'paused a rollout',
  resume_rollout: 'resumed a rollout',
  scale: 'scaled',
  set_image: 'changed an image',
  set_resources: 'changed resources',
  cordon: 'cordoned a node',
  uncordon: 'uncordoned a node',
  drain: 'drained a node',
  delete_pod: 'deleted a pod',
  delete_job: 'deleted a job',
  label: 'changed labels',
  annotate: 'changed annotations',
  patch: 'patched',
};

/** Whether an incident's review is published, and nothing opened it again since. */
export function isReviewed(life: readonly Happened[]): boolean {
  const last = life.findLast(({ type }) => type === 'review.published' || type === 'incident.reopened');
  return last?.type === 'review.published';
}

/**
 * How a headless run ended, from the events of all its incidents: `rolled back by firstmate, approved by ada`,
 * `healed by hand: …` or `nothing was wrong any more`. `byHand` says what people did themselves, or null.
 */
export function endingOf(events: readonly Happened[], byHand: string | null): string {
  const did = events.flatMap((event) => {
    if (event.type !== 'execution.finished' || event.payload.outcome !== 'succeeded') return [];
    const { plan: id } = event.payload;
    const proposed = events.find((one) => one.type === 'plan.proposed' && one.payload.plan.id === id);
    const voters = events.flatMap((one) =>
      one.type === 'vote.cast' && one.payload.plan === id && one.payload.vote === 'approve'
        ? [who(one.actor)]
        : [],
    );
    if (proposed?.type !== 'plan.proposed') return [];
    return [`${DONE[proposed.payload.plan.type]} by firstmate, approved by ${voters.join(' and ')}`];
  });
  const ends = byHand === null ? did : [...did, `healed by hand: ${byHand}`];
  return ends.length === 0 ? 'nothing was wrong any more' : ends.join('; then ');
}
