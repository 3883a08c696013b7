import type { Actor } from '../actor.ts';
import type { Environment } from '../environment.ts';
import type { JsonObject } from '../json.ts';
import type { ActionType, WriteOperation } from '../operation.ts';
import type { Draft, Verdict } from '../plan.ts';
import type { AllowedAction, BrokenPolicy, Policy } from '../policy.ts';
import type { Confidence } from '../runbook.ts';
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
  /** Of the hypothesis that proposes the change; null where none does. */
  readonly confidence: Confidence | null;
  readonly facts: ChangeFacts;
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
  | 'protected_namespace'
  | 'policy.exists'
  | 'policy.broken'
  | 'policy.action_allowed'
  | 'policy.max_versions_back'
  | 'policy.replica_bounds'
  | 'policy.safety_checks'
  | 'team.unknown';

/** What one rule had to say; null when the change is none of its business. */
export type Guard = (input: GuardInput) => Verdict['rules'][number] | null;

export function denies(rule: RuleName, says: string): Verdict['rules'][number] {
  return { rule, denies: true, says };
}

export function allows(rule: RuleName, says: string): Verdict['rules'][number] {
  return { rule, denies: false, says };
}

/** The policies that speak for the incident's service. All of them must allow. */
export function policiesOf(input: GuardInput): readonly Policy[] {
  return input.service === null ? [] : input.policies.filter((policy) => policy.service === input.service);
}

/** A policy's entries for this type of action: one when it allows it, none when not, several when it is muddled. */
export function entriesOf(policy: Policy, type: ActionType): readonly AllowedAction[] {
  return policy.allowedActions.filter((action) => action.type === type);
}

/** Each entry that allows this type of action, with the policy that it stands in. */
export function allowances(
  input: GuardInput,
): readonly { readonly policy: Policy; readonly action: AllowedAction }[] {
  return policiesOf(input).flatMap((policy) =>
    entriesOf(policy, input.actionType).map((action) => ({ policy, action })),
  );
}
