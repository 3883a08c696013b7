import type { AsOf, People } from '../core/ports/messenger.ts';
import { isUser, type Person, type Team, type TeamMembers } from '../core/team.ts';
import { attempt, isFailure } from './failure.ts';
import { personOf } from './person.ts';
import type { Tools } from './tools.ts';

/** How long Slack's word on a person or a group is good for. */
const GOOD_FOR_MS = 2 * 60_000;

type Read<T> =
  | { readonly status: 'known'; readonly value: T }
  | { readonly status: 'unreadable'; readonly says: string };

/**
 * People and groups as Slack says. A success is kept for two minutes, where that is recent enough, a failure not at
 * all: who cannot be looked up now does not count now.
 */
export function createPeople(tools: Pick<Tools, 'client' | 'identify' | 'log' | 'now'>): People {
  const { client, log } = tools;
  const persons = cached<Person | null>(tools.now);
  const handles = cached<ReadonlyMap<string, string>>(tools.now);
  const groups = cached<readonly string[]>(tools.now);

  const person = async (user: string): Promise<Read<Person | null>> => {
    const self = await attempt(tools.identify);
    if (isFailure(self)) return { status: 'unreadable', says: self.end.says };
    const answer = await attempt(() => client.users.info({ user }));
    if (!isFailure(answer)) return { status: 'known', value: personOf(user, answer.user, self) };
    return answer.code === 'user_not_found' || answer.code === 'user_not_visible'
      ? { status: 'known', value: null }
      : { status: 'unreadable', says: answer.end.says };
  };

  const handlesNow = async (): Promise<Read<ReadonlyMap<string, string>>> => {
    const answer = await attempt(() => client.usergroups.list({}));
    if (isFailure(answer)) return { status: 'unreadable', says: answer.end.says };
    const pairs = (answer.usergroups ?? []).flatMap((group) =>
      group.handle === undefined || group.id === undefined ? [] : [[group.handle, group.id] as const],
    );
    return { status: 'known', value: new Map(pairs) };
  };

  const usersOf = async (group: string): Promise<Read<readonly string[]>> => {
    const answer = await attempt(() => client.usergroups.users.list({ usergroup: group }));
    return isFailure(answer)
      ? { status: 'unreadable', says: answer.end.says }
      : { status: 'known', value: answer.users ?? [] };
  };

  const groupMembers = async (handle: string, asOf: AsOf): Promise<Read<readonly string[]>> => {
    const wanted = handle.replace(/^@/, '');
    const all = await handles('all', asOf, handlesNow);
    if (all.status === 'unreadable')
      return { status: 'unreadable', says: `the user group @${wanted} cannot be read: ${all.says}` };
    const id = all.value.get(wanted);
    if (id === undefined) return { status: 'unreadable', says: `Slack has no user group @${wanted}` };
    const users = await groups(id, asOf, () => usersOf(id));
    return users.status === 'known'
      ? users
      : { status: 'unreadable', says: `the user group @${wanted} cannot be read: ${users.says}` };
  };

  return {
    person: async (user, asOf = 'lately') => {
      const read = await persons(user, asOf, () => person(user));
      if (read.status === 'known') return read.value;
      log.warn({ user, says: read.says }, 'a person could not be looked up');
      return null;
    },
    members: async (team: Team, asOf = 'lately'): Promise<TeamMembers> => {
      const { slackGroup, members } = asked(team);
      if (slackGroup === null) return { status: 'known', users: [...new Set(members)] };
      const group = await groupMembers(slackGroup, asOf);
      if (group.status === 'unreadable') return group;
      return { status: 'known', users: [...new Set([...group.value, ...members])] };
    },
  };
}

/** Of a team that is nothing but who is on call, that is who is in it. */
function asked(team: Team): Pick<Team, 'slackGroup' | 'members'> {
  const { oncall } = team;
  if (oncall === null || team.slackGroup !== null || team.members.length > 0) return team;
  return isUser(oncall) ? { slackGroup: null, members: [oncall] } : { slackGroup: oncall, members: [] };
}

function cached<T>(
  now: () => Date,
): (key: string, asOf: AsOf, read: () => Promise<Read<T>>) => Promise<Read<T>> {
  const kept = new Map<string, { readonly until: number; readonly read: Read<T> }>();
  return async (key, asOf, read) => {
    const at = now().getTime();
    const known = kept.get(key);
    if (asOf === 'lately' && known !== undefined && at < known.until) return known.read;
    kept.delete(key);
    const fresh = await read();
    if (fresh.status === 'known') kept.set(key, { until: at + GOOD_FOR_MS, read: fresh });
    return fresh;
  };
}
