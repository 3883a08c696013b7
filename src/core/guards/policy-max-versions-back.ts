import { allowances, allows, denies, type Guard } from './guard.ts';

const RULE = 'policy.max_versions_back';

/** How far back a rollback may go; a limit on something whose distance nobody knows is not kept. */
export const policyMaxVersionsBack: Guard = (input) => {
  const limits = allowances(input).flatMap(({ action }) => action.maxVersionsBack ?? []);
  if (limits.length === 0) return null;
  const limit = Math.min(...limits);
  const back = input.draft.facts.versionsBack;
  if (back === null)
    return denies(RULE, `at most ${limit} back is allowed, and how far this goes is not known`);
  return back >= 0 && back <= limit
    ? allows(RULE, `${back} back, at most ${limit} allowed`)
    : denies(RULE, `${back} back, at most ${limit} allowed`);
};
