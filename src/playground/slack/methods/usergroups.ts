import type { Args } from '../args.ts';
import type { JsonObject } from '../json.ts';
import { type Method, method } from '../method.ts';
import type { State, UserGroup } from '../state.ts';

/** The members that count: people who left drop out of their groups. */
function membersOf(state: State, group: UserGroup): string[] {
  return group.users.filter((id) => state.users.get(id)?.deleted === false);
}

/** Disabled groups are shown to who asks for them. */
function groupsFor(state: State, args: Args): UserGroup[] {
  return [...state.groups.values()].filter((group) => !group.disabled || args.flag('include_disabled'));
}

const list = method({
  name: 'usergroups.list',
  scopes: ['usergroups:read'],
  run: ({ state, args }) => ({
    usergroups: groupsFor(state, args).map((group): JsonObject => {
      const users = membersOf(state, group);
      return {
        id: group.id,
        team_id: state.team.id,
        is_usergroup: true,
        is_subteam: true,
        name: group.name,
        description: '',
        handle: group.handle,
        is_external: false,
        date_create: 0,
        date_update: 0,
        date_delete: group.disabled ? 1 : 0,
        auto_type: null,
        created_by: 'U0ADA',
        updated_by: 'U0ADA',
        deleted_by: null,
        prefs: { channels: [], groups: [] },
        ...(args.flag('include_users') ? { users } : {}),
        ...(args.flag('include_count') ? { user_count: users.length } : {}),
      };
    }),
  }),
});

const usersList = method({
  name: 'usergroups.users.list',
  scopes: ['usergroups:read'],
  errors: ['no_such_subteam'],
  run: ({ state, args }, refuse) => {
    const group = state.groups.get(args.text('usergroup'));
    if (!group || (group.disabled && !args.flag('include_disabled'))) throw refuse('no_such_subteam');
    return { users: membersOf(state, group) };
  },
});

export const usergroupMethods: readonly Method[] = [list, usersList];
