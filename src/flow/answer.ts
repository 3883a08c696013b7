import type { Human, SlackUser } from '../core/actor.ts';
import type { People } from '../core/ports/messenger.ts';
import type { Person } from '../core/team.ts';
import type { Acted } from './act.ts';

/** A sentence for the person alone, or nothing where the channel shows it anyway. */
export type Answer = { readonly says: string } | null;

/**
 * Whether a person said it just now. What lifts a hold on writes asks, since Slack may bring an old command again, to a
 * process that never saw it: in doubt it is old, and the hold stays.
 */
export type IsNew = () => Promise<boolean>;

/** Runs for an ordinary member of our workspace; anybody else is told why not. */
export async function asMember<T>(
  { people }: { readonly people: Pick<People, 'person'> },
  by: SlackUser,
  run: (actor: Human, person: Person) => Promise<T>,
): Promise<T | { readonly says: string }> {
  const person = await people.person(by.user);
  if (person === null) return { says: 'Slack does not say who you are right now. Try again in a minute.' };
  if (person.bot || person.guest || person.deactivated || person.stranger) {
    return {
      says: 'Only members of this workspace can do that; guests, bots and people from elsewhere cannot.',
    };
  }
  return run({ kind: 'human', slack: by, name: person.name }, { ...person, slack: by });
}

export function answerOf(acted: Acted, says: string | null = null): Answer {
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
