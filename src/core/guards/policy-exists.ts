import { allows, denies, type Guard, policiesOf } from './guard.ts';

const RULE = 'policy.exists';

/** Nothing may be changed where nobody wrote down what may. */
export const policyExists: Guard = (input) => {
  const { service } = input;
  if (service === null) {
    return denies(
      RULE,
      'no service is known for this incident, so no policy speaks: describe it in services/ and policies/',
    );
  }
  const policies = policiesOf(input);
  return policies.length === 0
    ? denies(RULE, `no policy says what may be done to ${service}: add policies/${service}.yaml`)
    : allows(RULE, `${service} has ${policies.map((policy) => policy.file).join(', ')}`);
};
