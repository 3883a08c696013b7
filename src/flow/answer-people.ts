import type { Actor, SlackChannel, SlackUser } from '../core/actor.ts';
import { type IncidentId, planId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import { type Acted, act } from './act.ts';
import { type Answer, answerOf, asMember, type IsNew } from './answer.ts';
import { type AnsweringForIncidents, answerForIncidents } from './answer-incidents.ts';
import { type Approving, castVote } from './approve.ts';
import { type BreakingGlass, breakGlass } from './break-glass.ts';
import { pauseWrites, type Resumed, resumeWrites } from './pause.ts';
import { offerBack, type Proposing, refreshPlan } from './propose.ts';

export type Answering = Approving & Proposing & BreakingGlass & AnsweringForIncidents;

const NO_PLAN: Answer = { says: 'There is no such plan any more.' };
const RESUMED: { readonly [end in Resumed]: string } = {
  resumed: 'Writes go on.',
  not_paused: 'Writes were not paused.',
  in_doubt:
    'Slack brought this late, so you may have said it before somebody paused. Writes stay paused; say it again to resume.',
};
// A click is short: nothing cancels what it asked for.
const NEVER = new AbortController().signal;

/** What people can ask for with buttons and commands. Each answer is a sentence for the person alone, or nothing. */
export function answerPeople(answering: Answering) {
  async function planned(
    plan: string,
    by: SlackUser,
    run: (incident: Incident, actor: Actor) => Promise<Acted | null>,
  ): Promise<Answer> {
    return asMember(answering, by, async (actor) => {
      const incident = await incidentOfPlan(plan);
      if (incident === null) return NO_PLAN;
      const acted = await run(incident, actor);
      return acted === null ? { says: 'There is nothing to do that with.' } : answerOf(acted);
    });
  }

  async function incidentOfPlan(plan: string): Promise<Incident | null> {
    const id = await answering.ledger.incidentOfPlan(planId(plan));
    return id === null ? null : answering.ledger.load(id);
  }

  return {
    ...answerForIncidents(answering),
    async vote(click: {
      readonly plan: string;
      readonly vote: 'approve' | 'reject';
      readonly voter: SlackUser;
      readonly reason: string | null;
    }): Promise<Answer> {
      const { counted, says } = await castVote(answering, { ...click, plan: planId(click.plan) });
      return counted ? null : { says };
    },
    refreshPlan: ({ plan, by }: { readonly plan: string; readonly by: SlackUser }) =>
      planned(plan, by, (incident, actor) => refreshPlan(answering, incident, planId(plan), actor, NEVER)),
    undo: ({ plan, by }: { readonly plan: string; readonly by: SlackUser }) =>
      planned(plan, by, (incident, actor) => offerBack(answering, incident, planId(plan), actor, NEVER)),
    breakGlass: ({
      by,
      ...asked
    }: {
      readonly incident: IncidentId;
      readonly minutes: number | null;
      readonly reason: string;
      readonly by: SlackUser;
      readonly isNew: IsNew;
    }) => asMember(answering, by, (actor, person) => breakGlass(answering, { ...asked, person, actor })),
    pause: ({ reason, by }: { readonly reason: string; readonly by: SlackUser }) =>
      asMember(answering, by, async (actor) => ({
        says: (await pauseWrites(answering, { actor, reason }))
          ? 'Writes are paused. Reading goes on. Resume with /incident resume.'
          : 'Writes were paused already.',
      })),
    resume: ({ by, isNew }: { readonly by: SlackUser; readonly isNew: IsNew }) =>
      asMember(answering, by, async (actor) => ({
        says: RESUMED[await resumeWrites(answering, { actor, reason: '' }, isNew)],
      })),
    async spoke(said: {
      readonly channel: SlackChannel;
      readonly user: SlackUser;
      readonly ts: string;
    }): Promise<void> {
      const id = await answering.ledger.incidentOfChannel(said.channel.team, said.channel.channel);
      const person = id === null ? null : await answering.people.person(said.user.user);
      if (id === null || person === null || person.bot) return;
      const actor: Actor = { kind: 'human', slack: said.user, name: person.name };
      await act(answering, id, { do: 'note_spoke', name: person.name }, { actor, cause: null });
    },
    async incidentIn(channel: SlackChannel): Promise<Incident | null> {
      const id = await answering.ledger.incidentOfChannel(channel.team, channel.channel);
      return id === null ? null : answering.ledger.load(id);
    },
    async incidents(): Promise<readonly Incident[]> {
      const found = await Promise.all(
        (await answering.ledger.unfinished()).map((id) => answering.ledger.load(id)),
      );
      return found
        .filter((incident) => incident !== null)
        .filter((incident) => incident.status !== 'resolved')
        .reverse();
    },
    incident: (id: IncidentId) => answering.ledger.load(id),
    incidentOfPlan,
  };
}
