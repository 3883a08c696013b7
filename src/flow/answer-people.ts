import type { Actor, SlackChannel, SlackUser } from '../core/actor.ts';
import { type IncidentId, planId } from '../core/ids.ts';
import { type Incident, planOf } from '../core/incident.ts';
import type { Person } from '../core/team.ts';
import { type Acted, act } from './act.ts';
import { type Approving, castVote } from './approve.ts';
import { pauseWrites, resumeWrites } from './pause.ts';
import { offerBack, type Proposing, refreshPlan } from './propose.ts';
import { resolveByPerson } from './resolve.ts';

export type Answering = Approving & Proposing;
type Answer = { readonly says: string } | null;

const NO_PLAN: Answer = { says: 'There is no such plan any more.' };
// A click is short: nothing cancels what it asked for.
const NEVER = new AbortController().signal;

/** What people can ask for with buttons and commands. Each answer is a sentence for the person alone, or nothing. */
export function answerPeople(answering: Answering) {
  /** Runs for an ordinary member of our workspace; anybody else is told why not. */
  async function asMember(
    by: SlackUser,
    run: (actor: Actor, person: Person) => Promise<Answer>,
  ): Promise<Answer> {
    const person = await answering.people.person(by.user);
    if (person === null) return { says: 'Slack does not say who you are right now. Try again in a minute.' };
    if (person.bot || person.guest || person.deactivated || person.stranger) {
      return {
        says: 'Only members of this workspace can do that; guests, bots and people from elsewhere cannot.',
      };
    }
    return run({ kind: 'human', slack: by, name: person.name }, { ...person, slack: by });
  }

  async function planned(
    plan: string,
    by: SlackUser,
    run: (incident: Incident, actor: Actor) => Promise<Acted | null>,
  ): Promise<Answer> {
    return asMember(by, async (actor) => {
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
      planned(plan, by, async (incident, actor) => {
        const state = planOf(incident, plan);
        return state?.status === 'succeeded'
          ? offerBack(answering, incident, planId(plan), actor, NEVER)
          : null;
      }),
    openChannel: ({ incident, by }: { readonly incident: IncidentId; readonly by: SlackUser }) =>
      asMember(by, async (actor, person) =>
        answerOf(
          await act(
            answering,
            incident,
            { do: 'request_channel', by: `${person.name} asked` },
            { actor, cause: null },
          ),
        ),
      ),
    resolve: ({ incident, by }: { readonly incident: IncidentId; readonly by: SlackUser }) =>
      asMember(by, async (actor, person) => {
        const state = await answering.ledger.load(incident);
        if (state === null) return { says: `There is no incident ${incident}.` };
        return answerOf(await resolveByPerson(answering, state, actor, `${person.name} resolved it.`, false));
      }),
    take: ({ incident, by }: { readonly incident: IncidentId; readonly by: SlackUser }) =>
      asMember(by, async (actor, person) =>
        answerOf(await act(answering, incident, { do: 'take', person }, { actor, cause: null })),
      ),
    note: ({
      incident,
      text,
      by,
    }: {
      readonly incident: IncidentId;
      readonly text: string;
      readonly by: SlackUser;
    }) =>
      asMember(by, async (actor, person) =>
        answerOf(
          await act(
            answering,
            incident,
            { do: 'note', text, by: person.name, at: null, ref: null },
            { actor, cause: null },
          ),
          'Noted on the timeline.',
        ),
      ),
    pause: ({ reason, by }: { readonly reason: string; readonly by: SlackUser }) =>
      asMember(by, async (actor) => ({
        says: (await pauseWrites(answering, { actor, reason }))
          ? 'Writes are paused. Reading goes on. Resume with /incident resume.'
          : 'Writes were paused already.',
      })),
    resume: ({ by }: { readonly by: SlackUser }) =>
      asMember(by, async (actor) => ({
        says: (await resumeWrites(answering, { actor, reason: '' }))
          ? 'Writes go on.'
          : 'Writes were not paused.',
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

function answerOf(acted: Acted, says: string | null = null): Answer {
  switch (acted.status) {
    case 'done': {
      const failed = acted.events.find((event) => event.type === 'plan.failed');
      if (failed?.type === 'plan.failed') return { says: failed.payload.says };
      return says === null ? null : { says };
    }
    case 'refused':
      return { says: acted.refusal.says };
    case 'no_such_incident':
      return { says: 'There is no such incident.' };
  }
}
