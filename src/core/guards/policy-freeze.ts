import { frozenUntil } from '../freeze.ts';
import type { Freeze } from '../policy.ts';
import { allows, denies, type Guard, restrictionsOn } from './guard.ts';

const RULE = 'policy.freeze';

/** In a freeze window nothing is changed. One that cannot be evaluated holds. */
export const policyFreeze: Guard = (input) => {
  const freezes = restrictionsOn(input).flatMap((one) => one.freezes ?? []);
  if (freezes.length === 0) return null;
  const holding = freezes.flatMap((freeze) => holds(freeze, input.now) ?? []);
  return holding.length === 0
    ? allows(RULE, `no freeze holds now (${freezes.map(({ name }) => name).join(', ')})`)
    : denies(RULE, holding.join('; '));
};

function holds(freeze: Freeze, now: string): string | null {
  try {
    const until = frozenUntil(freeze, now);
    return until === null ? null : `the freeze ${freeze.name} holds until ${until}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the freeze ${freeze.name} cannot be evaluated (${why}), so it holds`;
  }
}
