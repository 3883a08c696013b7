import { NOTICES } from './announce-system.ts';
import type { TimelineEvent } from './events.ts';
import type { IncidentId, PlanId } from './ids.ts';
import { type Incident, planOf } from './incident.ts';
import type { OutboxIntent, OutboxMessage, View } from './outbox.ts';
import { type Plan, proposalKey } from './plan.ts';
import type { JoinedProblem } from './problem.ts';
import { takesBack } from './refresh.ts';
import { sentence } from './timeline-text.ts';

const PER_ROUND: ReadonlySet<View> = new Set(['diagnosis', 'finding', 'review']);

/**
 * What people are told because of one event. A watching incident has one edited line and nothing else; one with a
 * channel has the header, the finding and the card at the top level, and everything else in the header's thread.
 */
export function announce(
  before: Incident | null,
  event: TimelineEvent,
  after: Incident,
): readonly OutboxMessage[] {
  const say = (key: string, intent: OutboxIntent): OutboxMessage => ({
    key,
    lane: after.id,
    incident: after.id,
    intent,
  });
  const post = (view: View, id: IncidentId | PlanId, plan: PlanId | null = null): OutboxMessage =>
    say(nameOf(view, id), { kind: 'post', view, plan });
  const refresh = (view: View, id: IncidentId | PlanId, plan: PlanId | null = null): OutboxMessage =>
    say(`${view}:${id}@${event.seq}`, { kind: 'refresh', view, plan, post: nameOf(view, id) });
  // Each round of an incident has its own diagnosis, finding and review; the header and the line are edited.
  const nameOf = (view: View, id: IncidentId | PlanId): string =>
    after.round > 1 && PER_ROUND.has(view) ? `${view}:${id}#${after.round}` : `${view}:${id}`;

  const card = (plan: PlanId): readonly OutboxMessage[] =>
    after.visibility === 'channel' ? [refresh('card', plan, plan)] : [];
  /** With a channel the line only points to it: counts are the header's. */
  const counts = (): readonly OutboxMessage[] => [
    refresh(after.visibility === 'channel' ? 'header' : 'line', after.id),
  ];
  const summaries = (): readonly OutboxMessage[] =>
    after.visibility === 'channel'
      ? [refresh('header', after.id), refresh('line', after.id)]
      : [refresh('line', after.id)];
  const channel = (): readonly OutboxMessage[] => [
    say(`channel:${after.id}`, { kind: 'open_channel' }),
    say(`topic:${after.id}`, { kind: 'set_topic' }),
    post('header', after.id),
    say(`pin:${after.id}`, { kind: 'pin', post: `header:${after.id}` }),
    say(`invite:${after.id}`, { kind: 'invite' }),
  ];

  /** It leads with the cluster and the severity. */
  const topic = (): readonly OutboxMessage[] =>
    after.visibility === 'channel' ? [say(`topic:${after.id}@${event.seq}`, { kind: 'set_topic' })] : [];

  /** Cards that ask for the end while it is waited for. */
  const done = (): readonly PlanId[] =>
    after.plans.filter((state) => state.status === 'succeeded').map((state) => state.plan.id);

  switch (event.type) {
    case 'incident.opened':
      return after.visibility === 'channel'
        ? [...channel(), post('line', after.id)]
        : [post('line', after.id)];
    case 'channel.requested':
      if (before?.visibility === 'channel') return [];
      return [
        ...channel(),
        refresh('line', after.id),
        ...(after.runbook === null ? [] : [post('diagnosis', after.id)]),
        ...(after.diagnosis === null ? [] : [post('finding', after.id)]),
        ...ownersOfJoined(after).map((team) =>
          say(`invite:${after.id}:${event.seq}:${team}`, { kind: 'invite_team', team }),
        ),
      ];
    case 'runbook.matched':
      return after.visibility === 'channel' ? [post('diagnosis', after.id), refresh('header', after.id)] : [];
    case 'step.finished':
      return after.visibility === 'channel' ? [refresh('diagnosis', after.id)] : [];
    case 'diagnosis.finished':
      return after.visibility === 'channel'
        ? [refresh('diagnosis', after.id), post('finding', after.id)]
        : [refresh('line', after.id)];
    case 'plan.proposed':
      return [
        ...earlierCards(after, event.payload.plan).map((id) => refresh('card', id, id)),
        post('card', event.payload.plan.id, event.payload.plan.id),
      ];
    case 'plan.failed':
      return after.visibility === 'channel' ? [refresh('finding', after.id)] : [];
    case 'vote.cast':
    case 'plan.approved':
    case 'plan.rejected':
    case 'plan.expired':
    case 'plan.voided':
    case 'execution.started':
    case 'execution.indeterminate':
    case 'validation.passed':
    case 'validation.failed':
      return card(event.payload.plan);
    case 'execution.finished': {
      const { plan } = event.payload;
      return [...card(plan), ...takenBackBy(after, plan).flatMap(card)];
    }
    case 'review.published':
      return after.visibility === 'channel' ? [post('review', after.id), refresh('header', after.id)] : [];
    case 'alert.fired':
      // The first alert is part of the opening, whose posts are drawn from the state that has it.
      return event.seq === 2 ? [] : counts();
    case 'status.changed':
      return [...summaries(), ...done().map((id) => refresh('card', id, id))];
    case 'problem.joined':
      // The owner of what joined is asked too; a watching incident asks nobody.
      return after.visibility === 'channel' && joinsAnother(after, event.payload.problem)
        ? [
            ...counts(),
            say(`invite:${after.id}:${event.seq}`, {
              kind: 'invite_team',
              team: event.payload.problem.owner ?? '',
            }),
          ]
        : counts();
    case 'incident.merged':
      return [];
    case 'break_glass.started':
    case 'break_glass.ended': {
      const text = `${after.id} in ${after.cluster}: ${sentence(event)}`;
      const notice = {
        key: `notice:${event.id}`,
        lane: NOTICES,
        incident: null,
        intent: { kind: 'notice', text },
      } as const;
      // A plan that waits may be asked for again under the glass, and not after it.
      const waiting = after.plans.filter((state) => state.status === 'proposed');
      return [notice, ...summaries(), ...waiting.flatMap((state) => card(state.plan.id))];
    }
    case 'severity.changed':
      return event.actor.kind === 'human' ? [...summaries(), ...topic()] : summaries();
    case 'cluster.picked':
      return [...summaries(), ...topic()];
    case 'alert.resolved':
    case 'alerts.truncated':
    case 'alerts.counted':
    case 'alerts.unreported':
    case 'alerts.silenced':
      return counts();
    case 'problem.split':
    case 'role.assigned':
    case 'incident.reopened':
      return summaries();
    case 'incident.resolved':
      return [...summaries(), ...done().map((id) => refresh('card', id, id))];
    case 'channel.held':
    case 'channel.opened':
    case 'step.started':
    case 'finding.raised':
    case 'hypothesis.raised':
    case 'hypothesis.ruled_out':
    case 'plan.shown':
    case 'write.started':
    case 'write.finished':
    case 'note.added':
    case 'person.spoke':
    case 'writes.paused':
    case 'writes.resumed':
    case 'source.silent':
    case 'source.heard':
    case 'request.refused':
      return [];
  }
}

function joinsAnother(after: Incident, { owner, quiet }: JoinedProblem): boolean {
  const before = ownersOfJoined({ ...after, joined: after.joined.slice(0, -1) });
  return quiet !== true && owner !== null && owner !== after.owner && !before.includes(owner);
}

/** Teams that own what joined, where it is not the incident's own. */
function ownersOfJoined({ joined, owner }: Pick<Incident, 'joined' | 'owner'>): readonly string[] {
  const owners = joined.flatMap((problem) =>
    problem.quiet === true || problem.owner === null ? [] : [problem.owner],
  );
  return [...new Set(owners)].filter((team) => team !== owner);
}

/** Cards whose Undo button is pressed for good. */
function takenBackBy(after: Incident, plan: PlanId): readonly PlanId[] {
  const back = planOf(after, plan);
  if (back?.status !== 'succeeded') return [];
  return after.plans
    .filter((state) => state.status === 'succeeded' && takesBack(back.plan, state.plan))
    .map((state) => state.plan.id);
}

/** Cards whose Refresh button a new plan for the same change makes pointless. */
function earlierCards(after: Incident, plan: Plan): readonly PlanId[] {
  const key = proposalKey(plan);
  return after.plans
    .filter((state) => state.plan.id !== plan.id && proposalKey(state.plan) === key)
    .map((state) => state.plan.id);
}
