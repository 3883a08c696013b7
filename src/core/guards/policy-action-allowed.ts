import { allows, denies, entriesOf, type Guard, policiesOf } from './guard.ts';

const RULE = 'policy.action_allowed';

/** Every policy of the service must list the type of action, once: two entries would leave open which one holds. */
export const policyActionAllowed: Guard = (input) => {
  const { actionType } = input;
  const policies = policiesOf(input);
  if (policies.length === 0) return null;
  const without = policies.filter((policy) => entriesOf(policy, actionType).length === 0);
  if (without.length > 0) {
    return denies(RULE, `${files(without)} does not allow ${actionType}`);
  }
  const muddled = policies.filter((policy) => entriesOf(policy, actionType).length > 1);
  if (muddled.length > 0) {
    return denies(RULE, `${files(muddled)} lists ${actionType} more than once: which entry holds?`);
  }
  return allows(RULE, `${files(policies)} allows ${actionType}`);
};

function files(policies: readonly { readonly file: string }[]): string {
  return policies.map((policy) => policy.file).join(', ');
}
