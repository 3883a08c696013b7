import { createState, newChannel, type State, type User, type UserGroup } from './state.ts';

const team = { id: 'T0HARBOUR', name: 'Harbour', domain: 'harbour' };
const app = { id: 'A0FIRSTMATE', name: 'firstmate', userId: 'U0FIRSTMATE', botId: 'B0FIRSTMATE' };

function person(key: string, realName: string, more: Partial<User> = {}): User {
  return {
    id: `U0${key.toUpperCase()}`,
    teamId: team.id,
    name: key,
    realName,
    email: `${key}@harbour.example`,
    isBot: false,
    deleted: false,
    isRestricted: false,
    ...more,
  };
}

const people: User[] = [
  person('ada', 'Ada Okafor'),
  person('ben', 'Ben Lindqvist'),
  person('chen', 'Chen Wei'),
  person('gus', 'Gus Marlow', { isRestricted: true }),
  person('dora', 'Dora Silva', { deleted: true }),
  person('eve', 'Eve Novak', { teamId: 'T0ELSEWHERE', email: 'eve@elsewhere.example' }),
  person('b', 'Deploy Bot', { id: 'U0DEPLOYBOT', isBot: true, botId: 'B0DEPLOYBOT', email: '' }),
];

const groups: UserGroup[] = [
  { id: 'S0SRELEADS', handle: 'sre-leads', name: 'SRE leads', users: ['U0ADA', 'U0CHEN'] },
  { id: 'S0CHECKOUT', handle: 'checkout-oncall', name: 'Checkout on call', users: ['U0ADA'] },
  { id: 'S0ORDERS', handle: 'orders-oncall', name: 'Orders on call', users: ['U0CHEN'] },
];

/** The name by which tests and the page call each person, with the user id. */
export const peopleByName: Record<string, string> = Object.fromEntries(
  people.map((user) => [user.name, user.id]),
);

/**
 * The workspace "Harbour" as it is on a quiet morning: an on-call engineer (ada), a junior without groups
 * (ben), a second lead (chen), a guest (gus), somebody who left (dora), somebody of another company (eve),
 * another app's bot (b), and the channels general and incidents with our bot in both.
 */
export function createHarbour(now: () => number): State {
  const bot: User = {
    ...person('firstmate', 'firstmate', { id: app.userId, isBot: true, botId: app.botId, email: '' }),
  };
  const state = createState({
    team,
    app,
    now,
    users: [...people, bot].map((user) => ({ ...user })),
    groups: groups.map((group) => ({ ...group, users: [...group.users] })),
  });
  for (const [id, name, topic] of [
    ['C0GENERAL', 'general', 'Everything that is for everybody'],
    ['C0INCIDENTS', 'incidents', 'One line for every incident'],
  ] as const) {
    const channel = newChannel(state, name, 'U0ADA', { id });
    channel.topic = { value: topic, creator: 'U0ADA', last_set: state.seconds() };
    channel.members = new Set(['U0ADA', 'U0BEN', 'U0CHEN', app.userId]);
  }
  state.channels.get('C0GENERAL')?.members.add('U0DEPLOYBOT');
  return state;
}
