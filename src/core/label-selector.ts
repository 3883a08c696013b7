import { list, members, text } from './facts/fields.ts';

/**
 * Whether a LabelSelector (apimachinery meta/v1: matchLabels and matchExpressions, all of them) selects labels. An
 * empty one selects everything, none at all nothing. Null for an operator that nobody knows.
 */
export function labelsSelected(
  selector: unknown,
  labels: { readonly [key: string]: string },
): boolean | null {
  if (typeof selector !== 'object' || selector === null) return false;
  const equal = members(selector, 'matchLabels').every(([key, value]) => labels[key] === value);
  const expressions = list(selector, 'matchExpressions').map((one) => holds(one, labels));
  if (expressions.includes(null)) return null;
  return equal && expressions.every((held) => held === true);
}

/**
 * The same as a list is asked for it (`app=web,tier in (a,b)`). Null where it selects everything, and for an operator that
 * nobody knows.
 */
export function labelQuery(selector: unknown): string | null {
  const equal = members(selector, 'matchLabels').map(([key, value]) => `${key}=${String(value)}`);
  const all = [...equal, ...list(selector, 'matchExpressions').map(written)];
  return all.length === 0 || all.includes(null) ? null : all.join(',');
}

function written(expression: unknown): string | null {
  const key = text(expression, 'key');
  const values = list(expression, 'values').join(',');
  switch (text(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return null;
  }
}

function holds(expression: unknown, labels: { readonly [key: string]: string }): boolean | null {
  const key = text(expression, 'key');
  const present = Object.hasOwn(labels, key);
  const among = list(expression, 'values').includes(labels[key]);
  switch (text(expression, 'operator')) {
    case 'In':
      return present && among;
    case 'NotIn':
      return !present || !among;
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return !present;
    default:
      return null;
  }
}
