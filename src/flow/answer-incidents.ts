import type { SlackUser } from '../core/actor.ts';
import type { Command } from '../core/decision.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import type { People } from '../core/ports/messenger.ts';
import { findJoined, problemToken } from '../core/problem.ts';
import { redactText } from '../core/redact.ts';
import type { Severity } from '../core/severity.ts';
import type { Person } from '../core/team.ts';
import { act } from './act.ts';
import { type Answer, answerOf, asMember } from './answer.ts';
import { type Declaration, type Declaring, declareIncident } from './declare-incident.ts';
import { type MovingProblems, mergeIncidents, splitProblem } from './move-problems.ts';
import { resolveByPerson } from './resolve.ts';

export type AnsweringForIncidents = Declaring & MovingProblems & { readonly people: Pick<People, 'person'> };

type ByPerson = { readonly incident: IncidentId; readonly by: SlackUser };
/** An incident that opened because a person asked for it; its channel follows. */
type Opened = { readonly opened: Incident };

/** What people can do with incidents. */
export function answerForIncidents(answering: AnsweringForIncidents) {
  /** Decides what a member asks for and says `done` where the channel does not show it. */
  const command = (
    { incident, by }: ByPerson,
    wanted: (person: Person) => Command,
    done: string | null = null,
  ): Promise<Answer> =>
    asMember(answering, by, async (actor, person) =>
      answerOf(await act(answering, incident, wanted(person), { actor, cause: null }), done),
    );

  /** Gives the new incident, whose channel the answer names. */
  const split = async (
    { incident, by }: ByPerson,
    problem: (from: Incident) => string | { readonly says: string },
  ): Promise<Opened | { readonly says: string }> =>
    asMember(answering, by, async (actor) => {
      const from = await answering.ledger.load(incident);
      if (from === null) return { says: `There is no incident ${incident}.` };
      const found = problem(from);
      if (typeof found !== 'string') return found;
      const moved = await splitProblem(answering, { incident, problem: found }, actor);
      return 'says' in moved ? moved : { opened: moved.moved };
    });

  return {
    declare: ({ declaration, by }: { readonly declaration: Declaration; readonly by: SlackUser }) =>
      asMember(answering, by, (actor) => declareIncident(answering, declaration, actor)),

    merge: ({ incident, into, by }: ByPerson & { readonly into: IncidentId }): Promise<Answer> =>
      asMember(answering, by, async (actor) => {
        const moved = await mergeIncidents(answering, { from: incident, into }, actor);
        if ('says' in moved) return moved;
        const { id, channel } = moved.moved;
        const where = channel === null ? '' : ` It goes on in #${channel.name}.`;
        return { says: `${incident} is merged into ${id}.${where}` };
      }),

    /** `which`: the number or words of a joined problem; nothing lists them. */
    split: ({ which, ...who }: ByPerson & { readonly which: string }) =>
      split(who, (from) => {
        const found = findJoined(from.joined, which);
        return 'key' in found ? found.key : found;
      }),

    /** `problem` is what the button carries of it. */
    separate: ({ problem, ...who }: ByPerson & { readonly problem: string }) =>
      split(
        who,
        (from) =>
          from.joined.find(({ key }) => problemToken(key) === problem)?.key ?? {
            says: 'That problem is not part of this incident any more.',
          },
      ),

    setSeverity: ({ to, why, ...who }: ByPerson & { readonly to: Severity; readonly why: string | null }) =>
      command(
        who,
        ({ name }) => ({
          do: 'set_severity',
          to,
          because: why === null ? `${name} says so` : `${redactText(why)} (${name})`,
        }),
        `It is ${to} now.`,
      ),

    reopen: ({ why, ...who }: ByPerson & { readonly why: string | null }) =>
      command(
        who,
        ({ name }) => ({
          do: 'reopen',
          because: why === null ? `${name} reopened it.` : `${redactText(why)} (${name})`,
        }),
        `${who.incident} is open again. I look at the cluster anew.`,
      ),

    pickCluster: async ({ cluster, ...who }: ByPerson & { readonly cluster: string }): Promise<Answer> => {
      const names = answering.clusterNames();
      if (!names.includes(cluster)) {
        return { says: `There is no cluster “${cluster}”. Known clusters: ${names.join(', ')}.` };
      }
      return command(who, () => ({ do: 'pick_cluster', cluster }), `It is ${cluster}. I look at it now.`);
    },

    openChannel: (who: ByPerson) =>
      command(who, ({ name }) => ({ do: 'request_channel', by: `${name} asked` })),

    resolve: ({ incident, by }: ByPerson): Promise<Answer> =>
      asMember(answering, by, async (actor, person) => {
        const state = await answering.ledger.load(incident);
        if (state === null) return { says: `There is no incident ${incident}.` };
        return answerOf(await resolveByPerson(answering, state, actor, `${person.name} resolved it.`, false));
      }),

    take: (who: ByPerson) => command(who, (person) => ({ do: 'take', person })),

    note: ({ text, ...who }: ByPerson & { readonly text: string }) =>
      command(
        who,
        ({ name }) => ({ do: 'note', text: redactText(text), by: name, at: null, ref: null }),
        'Noted on the timeline.',
      ),
  };
}
