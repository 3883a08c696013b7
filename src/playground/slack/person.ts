import { enteredValue, interactiveElements } from './blocks/elements.ts';
import type { JsonObject } from './json.ts';
import type { Call } from './method.ts';
import { NotPossible } from './not-possible.ts';
import type { User } from './state.ts';

/** What the actions of people work with. */
export type Room = Omit<Call, 'args' | 'scopes'> & { verificationToken: string };

export function userOf(room: Room, id: string): User {
  const user = room.state.users.get(id);
  if (!user || user.deleted) throw new NotPossible(`there is no user ${id}`);
  return user;
}

/** The members that every interactive payload starts with. */
export function interaction(room: Room, type: string, user: User): JsonObject {
  const { state } = room;
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: state.app.id,
    token: room.verificationToken,
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** One entry of a payload's `actions`. `value` is what the person chose or typed. */
export function actionOf(room: Room, blocks: JsonObject[], actionId: string, value: unknown): JsonObject {
  const found = interactiveElements(blocks).find(({ element }) => element.action_id === actionId);
  if (!found) throw new NotPossible(`there is no element with the action_id ${actionId}`);
  const { element, blockId } = found;
  return {
    action_id: actionId,
    block_id: blockId,
    ...(element.text === undefined ? {} : { text: element.text }),
    ...enteredValue(element, value ?? null),
    ...(element.style === undefined ? {} : { style: element.style }),
    ...(element.confirm === undefined ? {} : { confirm: element.confirm }),
    type: element.type,
    action_ts: room.state.nextTs(),
  };
}
