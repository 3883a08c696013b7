import { approvalsFor, validFor } from './approvals.ts';
import { notAutomatic } from './automatic.ts';
import { liftedSays, lifts } from './break-glass.ts';
import { actionTypeMatchesCommand } from './guards/action-type-matches-command.ts';
import { denies, type Guard, type GuardInput, type RuleName } from './guards/guard.ts';
import { modeAssist, modeAuto } from './guards/mode.ts';
import { policyActionAllowed } from './guards/policy-action-allowed.ts';
import { policyBroken } from './guards/policy-broken.ts';
import { policyConditions } from './guards/policy-conditions.ts';
import { policyExists } from './guards/policy-exists.ts';
import { policyFreeze } from './guards/policy-freeze.ts';
import { policyImageRegistries } from './guards/policy-image-registries.ts';
import { policyLimits } from './guards/policy-limits.ts';
import { policyMaxVersionsBack } from './guards/policy-max-versions-back.ts';
import { policyReplicaBounds } from './guards/policy-replica-bounds.ts';
import { policySafetyChecks } from './guards/policy-safety-checks.ts';
import { protectedNamespace } from './guards/protected-namespace.ts';
import { SAFETY_GUARDS } from './guards/safety-checks.ts';
import { teamUnknown } from './guards/team-unknown.ts';
import { canonicalJson, sha256 } from './json.ts';
import type { Verdict } from './plan.ts';
import type { Policy } from './policy.ts';

type NamedGuard = { readonly rule: RuleName; readonly guard: Guard };

/** Every rule that can stop a change, in the order in which people read them. */
export const GUARDS: readonly NamedGuard[] = [
  { rule: 'action.type_matches_command', guard: actionTypeMatchesCommand },
  { rule: 'mode.assist', guard: modeAssist },
  { rule: 'protected_namespace', guard: protectedNamespace },
  { rule: 'policy.exists', guard: policyExists },
  { rule: 'policy.broken', guard: policyBroken },
  { rule: 'policy.action_allowed', guard: policyActionAllowed },
  { rule: 'policy.max_versions_back', guard: policyMaxVersionsBack },
  { rule: 'policy.replica_bounds', guard: policyReplicaBounds },
  { rule: 'policy.image_registries', guard: policyImageRegistries },
  { rule: 'policy.limits', guard: policyLimits },
  { rule: 'policy.freeze', guard: policyFreeze },
  { rule: 'policy.conditions', guard: policyConditions },
  { rule: 'policy.safety_checks', guard: policySafetyChecks },
  ...SAFETY_GUARDS,
  { rule: 'team.unknown', guard: teamUnknown },
  { rule: 'mode.auto', guard: modeAuto },
];

/**
 * Whether a change may be put to people, and to whom. Any rule that denies wins, so does one that fails; what no
 * policy allows is denied. Every rule that spoke is listed.
 */
export function judge(input: GuardInput, guards: readonly NamedGuard[] = GUARDS): Verdict {
  const rules = guards.flatMap((named) => lifted(named.rule, spoken(named, input), input) ?? []);
  const allowed =
    rules.every((rule) => rule.denies === false) &&
    rules.some((rule) => rule.rule === 'policy.action_allowed');
  const validForMs = validFor(input);
  return {
    allowed,
    rules,
    policy: policyInForce(input.policies, input.service),
    approvals: approvalsFor(input),
    ...(input.breakGlass === null ? {} : { breakGlass: input.breakGlass }),
    ...(input.environment === null ? {} : { environment: input.environment }),
    ...(validForMs === null ? {} : { validForMs }),
    ...(allowed && notAutomatic(input) === null ? { automatic: true as const } : {}),
  };
}

/** A broken glass lifts a few rules, and says so in their place. */
function lifted(
  rule: RuleName,
  said: Verdict['rules'][number] | null,
  { breakGlass }: GuardInput,
): Verdict['rules'][number] | null {
  if (said === null || !said.denies || breakGlass === null || !lifts(rule)) return said;
  return { ...said, denies: false, says: liftedSays(breakGlass, said.says) };
}

function spoken({ rule, guard }: NamedGuard, input: GuardInput): Verdict['rules'][number] | null {
  try {
    return guard(input);
  } catch (error) {
    return denies(
      rule,
      `this could not be judged: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/**
 * The policy that a verdict rests on, by its service. Several policies of one service count as one text: its hash
 * covers them all, so that a change of any voids what was approved under it.
 */
export function policyInForce(policies: readonly Policy[], service: string | null): Verdict['policy'] {
  const hashes = policies.filter((policy) => policy.service === service).map((policy) => policy.hash);
  const [first, ...more] = hashes;
  if (service === null || first === undefined) return null;
  return { name: service, hash: more.length === 0 ? first : sha256(canonicalJson(hashes.toSorted())) };
}
