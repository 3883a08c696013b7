import { denies, type Guard, policiesOf } from './guard.ts';

/** The checks that can be made. A policy that asks for any other denies: a check nobody makes protects nobody. */
const KNOWN: ReadonlySet<string> = new Set();

export const policySafetyChecks: Guard = (input) => {
  const unknown = policiesOf(input).flatMap(({ file, safetyChecks }) =>
    safetyChecks.filter((check) => !KNOWN.has(check.name)).map((check) => `${check.name} (${file})`),
  );
  if (unknown.length === 0) return null;
  return denies('policy.safety_checks', `this version cannot make the safety check ${unknown.join(', ')}`);
};
