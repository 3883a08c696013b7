import { checkTemplate } from '../core/command/fill.ts';
import { comesFrom } from '../core/guards/policy-image-registries.ts';
import { isWrite, type WriteOperation } from '../core/operation.ts';
import type { AllowedAction, Policy } from '../core/policy.ts';
import type { Runbook, RunbookAction } from '../core/runbook.ts';
import { outside } from '../core/scope.ts';

/** What a placeholder in a command stands for here: a value that nothing else is called. */
const OPEN = /sample-value/;

/**
 * What a runbook's action asks for that the policy never allows, as a phrase; null when some entry may allow it. Only
 * what the command says itself counts, not what its placeholders will stand for.
 */
export function contradiction(policy: Policy, runbook: Runbook, action: RunbookAction): string | null {
  const entries = policy.allowedActions.filter(({ type }) => type === action.type);
  if (entries.length === 0) return ', which this policy never allows';
  const types = Object.fromEntries(Object.entries(runbook.inputs).map(([name, { type }]) => [name, type]));
  const checked = checkTemplate(action.run, types);
  if (!('operation' in checked) || !isWrite(checked.operation)) return null;
  const { operation } = checked;
  // A number may be a placeholder's sample as well as the command's own.
  const numbers = checked.inputs.every((name) => types[name] !== 'integer');
  const objections = entries.map((entry) => objection(policy, entry, operation, numbers));
  return objections.find((one) => one === null) === null ? null : objections.join('; or');
}

function objection(
  policy: Policy,
  entry: AllowedAction,
  operation: WriteOperation,
  numbers: boolean,
): string | null {
  const { namespace } = operation;
  if (namespace !== null && !OPEN.test(namespace)) {
    const scopes = [policy, entry].map(({ namespaces }) => (namespaces === undefined ? {} : { namespaces }));
    const where = { cluster: '', environment: null, namespaces: [namespace] };
    const elsewhere = scopes.map((scope) => outside(scope, where)).find((said) => said !== null);
    if (elsewhere !== undefined && elsewhere !== null) return `, which this policy allows only ${elsewhere}`;
  }
  if (operation.verb === 'scale' && numbers) {
    const { minReplicas, maxReplicas } = entry;
    if (minReplicas !== null && operation.replicas < minReplicas)
      return ` to ${operation.replicas}, and this policy allows ${minReplicas} at least`;
    if (maxReplicas !== null && operation.replicas > maxReplicas)
      return ` to ${operation.replicas}, and this policy allows ${maxReplicas} at most`;
  }
  if (operation.verb === 'set image' && entry.imageRegistries !== undefined) {
    const registries = entry.imageRegistries;
    const other = operation.images.find(({ image }) => !OPEN.test(image) && !comesFrom(registries, image));
    if (other !== undefined)
      return ` of ${other.image}, and this policy takes images of ${registries.join(', ')} only`;
  }
  return null;
}
