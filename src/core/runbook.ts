import type { ActionType } from './operation.ts';

/** Where a document's text stands, for messages; line and column start at 1. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** One Alertmanager matcher: `severity=~"warning|critical"`. Regular expressions are anchored on both sides. */
export type Matcher = {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
};

export type InputType = 'namespace' | 'name' | 'selector' | 'integer';
export type RunbookInput = {
  /** `labels.namespace`, `annotations.x`, or `workload`: the workload that the labels speak of (core/service.ts). */
  readonly from: string;
  readonly type: InputType;
  /** Whether the runbook can start without it; then it is the empty text. */
  readonly optional: boolean;
};

/** `run` is a kubectl line with `{{ input }}` placeholders, checked against the grammar when it was loaded. */
export type DiagnosticStep = {
  readonly id: string;
  readonly run: string;
  readonly check: string | null;
  readonly when: string | null;
  readonly timeoutMs: number;
};

export type RootCauseCategory =
  | 'resource_exhaustion'
  | 'configuration_error'
  | 'code_defect'
  | 'dependency_failure'
  | 'infrastructure'
  | 'data_quality'
  | 'security'
  | 'healthy'
  | 'unknown';
export const ROOT_CAUSE_CATEGORIES: readonly RootCauseCategory[] = [
  'resource_exhaustion',
  'configuration_error',
  'code_defect',
  'dependency_failure',
  'infrastructure',
  'data_quality',
  'security',
  'healthy',
  'unknown',
];

export type Confidence = 'high' | 'medium' | 'low';

export type HypothesisRule = {
  readonly id: string;
  readonly category: RootCauseCategory;
  readonly when: string;
  readonly says: string;
  readonly confidence: Confidence;
  readonly propose: readonly string[];
};

export type RunbookAction = {
  readonly id: string;
  readonly type: ActionType;
  readonly run: string;
  readonly validate: {
    readonly run: string;
    readonly check: string | null;
    readonly withinMs: number;
  } | null;
  readonly rollback: 'previous' | 'none';
  readonly approvals: readonly { readonly group: string }[];
};

export type Runbook = {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly file: string;
  /** sha256 of the file's text: an approval names it. */
  readonly hash: string;
  /** Any line; all matchers of a line. */
  readonly match: readonly (readonly Matcher[])[];
  readonly inputs: { readonly [name: string]: RunbookInput };
  /** PromQL each; the steps run while all of them have a result. */
  readonly preconditions?: readonly string[];
  readonly diagnose: readonly DiagnosticStep[];
  readonly hypotheses: readonly HypothesisRule[];
  readonly actions: readonly RunbookAction[];
  /** Also takes an alert whose `runbook_url` ends in its name: the short form has no other way. */
  readonly byName?: boolean;
  /** Command lines that cannot run here; shown to people as text to copy. */
  readonly texts?: readonly string[];
};

/** The runbook that runs where no other takes an alert. */
export const FALLBACK_RUNBOOK = 'general-triage';
