import type { Person } from '../core/team.ts';
import type { Self } from './tools.ts';

/** The members of a user object that are read here. */
export type SlackUserInfo = {
  readonly id?: string;
  readonly team_id?: string;
  readonly name?: string;
  readonly real_name?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly is_workflow_bot?: boolean;
  readonly profile?: { readonly real_name?: string; readonly display_name?: string };
  readonly enterprise_user?: { readonly enterprise_id?: string; readonly teams?: readonly string[] };
};

/** A user object (https://docs.slack.dev/reference/objects/user-object); null where it says too little to count. */
export function personOf(asked: string, user: SlackUserInfo | undefined, self: Self): Person | null {
  if (user?.id !== asked || user.team_id === undefined) return null;
  const names = [user.profile?.display_name, user.profile?.real_name, user.real_name, user.name];
  return {
    slack: { enterprise: self.enterprise, team: user.team_id, user: asked },
    name: names.find((name) => name !== undefined && name !== '') ?? asked,
    bot: (user.is_bot ?? false) || (user.is_workflow_bot ?? false) || asked === 'USLACKBOT',
    guest: (user.is_restricted ?? false) || (user.is_ultra_restricted ?? false),
    deactivated: user.deleted ?? false,
    stranger: (user.is_stranger ?? false) || !isMember(user, self),
  };
}

/** Of our workspace: by the home team, or in a grid by the list of workspaces that the person is in. */
function isMember(user: SlackUserInfo, self: Self): boolean {
  if (user.team_id === self.team) return true;
  const { enterprise_user: grid } = user;
  return (
    self.enterprise !== null &&
    grid?.enterprise_id === self.enterprise &&
    (grid.teams ?? []).includes(self.team)
  );
}
