import { actionTypeOf } from '../operation.ts';
import { allows, denies, type Guard } from './guard.ts';

const RULE = 'action.type_matches_command';

/** Policies are asked about the type, the cluster gets the command: they must be the same thing. */
export const actionTypeMatchesCommand: Guard = ({ operation, actionType }) => {
  const type = actionTypeOf(operation);
  return type === actionType
    ? allows(RULE, `the command is a ${actionType}, as the action says`)
    : denies(RULE, `the action is called a ${actionType}, but its command is a ${type}`);
};
