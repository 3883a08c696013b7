import type { Policy } from '../policy.ts';
import { outside } from '../scope.ts';
import { allows, denies, entriesOf, type Guard, type GuardInput, policiesOf, whereOf } from './guard.ts';

const RULE = 'policy.action_allowed';

/**
 * Every policy of the service must list the type of action for this place, once: two entries would leave open which
 * one holds.
 */
export const policyActionAllowed: Guard = (input) => {
  const { actionType } = input;
  const policies = policiesOf(input);
  if (policies.length === 0) return null;
  const without = policies.filter((policy) => entriesOf(policy, input).length === 0);
  if (without.length > 0) return denies(RULE, without.map((policy) => whyNot(policy, input)).join('; '));
  const muddled = policies.filter((policy) => entriesOf(policy, input).length > 1);
  if (muddled.length > 0) {
    return denies(
      RULE,
      `${files(muddled)} lists ${actionType} more than once for this place: which entry holds?`,
    );
  }
  return allows(RULE, `${files(policies)} allows ${actionType}`);
};

function whyNot(policy: Policy, input: GuardInput): string {
  const { actionType } = input;
  const where = whereOf(input);
  const elsewhere = outside(policy, where);
  if (elsewhere !== null) return `${policy.file} speaks only ${elsewhere}`;
  const listed = policy.allowedActions.filter((action) => action.type === actionType);
  const places = listed.flatMap((action) => outside(action, where) ?? []);
  return places.length === 0
    ? `${policy.file} does not allow ${actionType}`
    : `${policy.file} allows ${actionType} only ${places.join('; or only ')}`;
}

function files(policies: readonly { readonly file: string }[]): string {
  return policies.map((policy) => policy.file).join(', ');
}
