import type { Actor } from '../actor.ts';
import type { BreakGlass } from '../break-glass.ts';
import type { Environment } from '../environment.ts';
import type { JsonObject } from '../json.ts';
import type { ActionType, WriteOperation } from '../operation.ts';
import type { Draft, Verdict } from '../plan.ts';
import type { AllowedAction, BrokenPolicy, Policy, Restrictions } from '../policy.ts';
import type { Confidence } from '../runbook.ts';
import type { SafetyFacts } from '../safety/facts.ts';
import { outside, type Where } from '../scope.ts';
import type { Team } from '../team.ts';

/** Everything that a rule may look at: facts that were read, and documents. */
export type GuardInput = {
  readonly operation: WriteOperation;
  /** What the runbook calls it. */
  readonly actionType: ActionType;
  readonly draft: Draft;
  /** Whose approval the runbook's action asks for; null for a change that no runbook asks for. */
  readonly runbook: { readonly name: string; readonly groups: readonly string[] } | null;
  readonly policies: readonly Policy[];
  readonly brokenPolicies: readonly BrokenPolicy[];
  /** The service that the incident belongs to; null when nobody knows. */
  readonly service: string | null;
  readonly protectedNamespaces: readonly string[];
  readonly teams: readonly Team[];
  readonly cluster: string;
  /** Where the cluster stands; null when firstmate.yaml does not say. */
  readonly environment: Environment | null;
  /** When this is judged, ISO 8601: a plan is judged when it is made and again right before it is carried out. */
  readonly now: string;
  readonly requestedBy: Actor;
  /** People said what the incident is about, or where; see `Incident`. */
  readonly shapedByPeople: boolean;
  /** Of the hypothesis that proposes the change; null where none does. */
  readonly confidence: Confidence | null;
  readonly facts: ChangeFacts;
  /** The broken glass under which this change is asked for; null as ever. */
  readonly breakGlass: BreakGlass | null;
  /** Read for this change, a moment ago. */
  readonly safety: SafetyFacts;
};

/** What was read for this judgement. Null is what could not be read: a rule that needs it denies. */
export type ChangeFacts = {
  /** Changes that were begun in the last hour, of this service in this cluster. */
  readonly changesLastHour: number | null;
  /** The labels of every namespace that the change touches, by its name; null for one that could not be read. */
  readonly namespaces: {
    readonly [name: string]: { readonly labels: { readonly [label: string]: string } } | null;
  };
  /** For conditions: what `incident` and `service` mean. */
  readonly incident: JsonObject;
  readonly service: JsonObject;
};

export type RuleName =
  | 'action.type_matches_command'
  | 'mode.assist'
  | 'protected_namespace'
  | 'policy.exists'
  | 'policy.broken'
  | 'policy.action_allowed'
  | 'policy.max_versions_back'
  | 'policy.replica_bounds'
  | 'policy.image_registries'
  | 'policy.limits'
  | 'policy.freeze'
  | 'policy.conditions'
  | 'policy.safety_checks'
  | 'safety.slo'
  | 'safety.pdb_headroom'
  | 'safety.replicas_left'
  | 'safety.node_capacity'
  | 'safety.stateful_volumes'
  | 'safety.rollout_under_way'
  | 'safety.autoscaler'
  | 'safety.gitops_owner'
  | 'team.unknown'
  | 'mode.auto';

/** What one rule had to say; null when the change is none of its business. */
export type Guard = (input: GuardInput) => Verdict['rules'][number] | null;

export function denies(rule: RuleName, says: string): Verdict['rules'][number] {
  return { rule, denies: true, says };
}

export function allows(rule: RuleName, says: string): Verdict['rules'][number] {
  return { rule, denies: false, says };
}

/** Does not stop the change; people see it on the card before they approve. */
export function warns(rule: RuleName, says: string): Verdict['rules'][number] {
  return { rule, denies: false, warns: true, says };
}

/** The policies that speak for the incident's service. All of them must allow. */
export function policiesOf(input: GuardInput): readonly Policy[] {
  return input.service === null ? [] : input.policies.filter((policy) => policy.service === input.service);
}

/** The namespaces that a change touches: where the command points, and where its objects were found. */
export function namespacesTouched(change: {
  readonly operation: { readonly namespace: string | null };
  readonly draft: Pick<Draft, 'targets'>;
}): readonly string[] {
  const found = change.draft.targets.map(({ ref }) => ref.namespace);
  return [...new Set([change.operation.namespace, ...found])].filter((name) => name !== null);
}

export function whereOf(input: GuardInput): Where {
  const { cluster, environment } = input;
  return { cluster, environment: environment?.name ?? null, namespaces: namespacesTouched(input) };
}

/** A policy's entries for this type of action in this place: one when it allows it, none when not, several when it is muddled. */
export function entriesOf(policy: Policy, input: GuardInput): readonly AllowedAction[] {
  const where = whereOf(input);
  if (outside(policy, where) !== null) return [];
  return policy.allowedActions.filter(
    (action) => action.type === input.actionType && outside(action, where) === null,
  );
}

export type Allowance = { readonly policy: Policy; readonly action: AllowedAction };

/** Each entry that allows this type of action in this place, with the policy that it stands in. */
export function allowances(input: GuardInput): readonly Allowance[] {
  return policiesOf(input).flatMap((policy) =>
    entriesOf(policy, input).map((action) => ({ policy, action })),
  );
}

/** Whatever narrows the change: all policies of the service, and the entries that allow it. */
export function restrictionsOn(input: GuardInput): readonly Restrictions[] {
  return [...policiesOf(input), ...allowances(input).map(({ action }) => action)];
}
