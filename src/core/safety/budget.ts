import { field, integer } from '../facts/fields.ts';
import type { KubeObject } from '../kube.ts';
import { labelsSelected } from '../label-selector.ts';
import type { BudgetFacts } from './facts.ts';

/** Something whose pods a budget may select. */
export type Selectable = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: { readonly [key: string]: string };
};

/** A PodDisruptionBudget's facts, null when it covers nothing of the change. @throws Error for a selector that nobody can read */
export function budgetFacts(budget: KubeObject, among: readonly Selectable[]): BudgetFacts | null {
  const namespace = budget.metadata?.namespace ?? '';
  const name = `${namespace}/${budget.metadata?.name ?? ''}`;
  const covers = among
    .filter((one) => one.namespace === namespace && selects(budget, name, one))
    .map((one) => one.name);
  if (covers.length === 0) return null;
  const observed = integer(budget, ['status', 'observedGeneration']) >= (budget.metadata?.generation ?? 0);
  return {
    name,
    disruptionsAllowed: observed ? wholeOrNull(field(budget, 'status', 'disruptionsAllowed')) : null,
    currentHealthy: integer(budget, ['status', 'currentHealthy']),
    expectedPods: integer(budget, ['status', 'expectedPods']),
    minAvailable: countOrShare(field(budget, 'spec', 'minAvailable')),
    maxUnavailable: countOrShare(field(budget, 'spec', 'maxUnavailable')),
    covers,
  };
}

function selects(budget: KubeObject, name: string, one: Selectable): boolean {
  const selected = labelsSelected(field(budget, 'spec', 'selector'), one.labels);
  if (selected === null)
    throw new Error(`the selector of PodDisruptionBudget ${name} has an unknown operator`);
  return selected;
}

function wholeOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

function countOrShare(value: unknown): number | string | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
