import type { InputType, Runbook } from '../core/runbook.ts';

/** What every condition of a runbook may look at, beside its inputs and steps. */
export const GIVEN = ['alert', 'findings'] as const;
const SPOKEN_FOR: ReadonlySet<string> = new Set([
  ...GIVEN,
  'output',
  'result',
  'true',
  'false',
  'null',
  'in',
]);

/** The names that a runbook's parts may use. */
export type Scope = {
  readonly inputs: Runbook['inputs'];
  readonly steps: readonly string[];
  /** For a step that does not say how long it may take. */
  readonly stepTimeoutMs: number;
};

/** Why a step or an input cannot have this name, null when it can. */
export function takenName(name: string): string | null {
  return SPOKEN_FOR.has(name) ? `conditions use "${name}" for something else` : null;
}

export function inputTypes(inputs: Runbook['inputs']): { readonly [name: string]: InputType } {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.type]));
}

/** The variables of `when`; what a step's own condition may see leaves out the step itself. */
export function variables(
  scope: Pick<Scope, 'inputs' | 'steps'>,
  without: string | null = null,
): readonly string[] {
  return [...GIVEN, ...Object.keys(scope.inputs), ...scope.steps.filter((step) => step !== without)];
}
