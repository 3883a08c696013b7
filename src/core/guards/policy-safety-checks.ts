import { SAFETY_CHECKS } from '../policy.ts';
import { denies, type Guard, policiesOf } from './guard.ts';

/** A policy that asks for a check that nobody makes denies: it would protect nobody. */
export const policySafetyChecks: Guard = (input) => {
  const unknown = policiesOf(input).flatMap(({ file, safetyChecks }) =>
    safetyChecks
      .filter((check) => !SAFETY_CHECKS.includes(check.name))
      .map((check) => `${check.name} (${file})`),
  );
  if (unknown.length === 0) return null;
  return denies('policy.safety_checks', `this version cannot make the safety check ${unknown.join(', ')}`);
};
