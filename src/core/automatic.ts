import { allowances, type GuardInput, namespacesTouched, restrictionsOn } from './guards/guard.ts';
import { protectedOnes } from './guards/protected-namespace.ts';
import { SAFETY_GUARDS } from './guards/safety-checks.ts';

/** A namespace whose owners let firstmate change things without asking. */
export const SAFE_LABEL = 'firstmate.dev/safe-for-auto';

/**
 * Why a change that is allowed waits for people, null when nothing asks for any: the environment is set to auto, every
 * policy says `require_approval: false`, the runbook names no group, the diagnosis is certain, firstmate itself
 * proposes it for what alerts alone told, no safety check warns, and every namespace is labelled for it.
 */
export function notAutomatic(input: GuardInput): string | null {
  const { environment, facts } = input;
  if (environment?.mode !== 'auto') return 'the environment is not set to auto';
  if (input.breakGlass !== null) return 'the glass is broken';
  const [guarded] = protectedOnes(input);
  if (guarded !== undefined) return `${guarded} is protected`;
  const entries = allowances(input);
  if (entries.length === 0) return 'no policy allows it';
  const asking = entries.find(({ action }) => action.requireApproval);
  if (asking !== undefined) return `${asking.policy.file} asks for approval`;
  if (restrictionsOn(input).some(({ quorum }) => quorum !== undefined)) return 'a policy names a quorum';
  if (input.runbook !== null && input.runbook.groups.length > 0)
    return `the runbook ${input.runbook.name} asks ${input.runbook.groups.join(', ')}`;
  if (input.requestedBy.kind !== 'firstmate') return 'a person asked for it';
  if (input.shapedByPeople) return 'people had a say in what the incident is about';
  if (input.confidence !== 'high')
    return input.confidence === null
      ? 'no hypothesis proposes it'
      : `the confidence of the hypothesis is ${input.confidence}, not high`;
  for (const { guard } of SAFETY_GUARDS) {
    const spoken = guard(input);
    if (spoken?.warns) return spoken.says;
  }
  const namespaces = namespacesTouched(input);
  if (namespaces.length === 0) return 'it is in no namespace';
  const unlabelled = namespaces.find((name) => facts.namespaces[name]?.labels[SAFE_LABEL] !== 'true');
  if (unlabelled === undefined) return null;
  return (facts.namespaces[unlabelled] ?? null) === null
    ? `the labels of the namespace ${unlabelled} could not be read`
    : `the namespace ${unlabelled} has no label ${SAFE_LABEL}: "true"`;
}
