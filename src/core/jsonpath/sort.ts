import type { Json } from '../json.ts';
import { valuesAt } from './evaluate.ts';
import type { JsonPathFault, Path } from './template.ts';

/**
 * `items` in the order of what `path` gives for the object of each, as `kubectl get --sort-by` puts them: those
 * without a value first, numbers and quantities by size, other texts by their characters (`web-10` before `web-2`),
 * equal ones as they came. A fault when nothing has a value there, or values have no order.
 */
export function sortedBy<T>(
  items: readonly T[],
  path: Path,
  objectOf: (item: T) => Json,
): readonly T[] | JsonPathFault {
  const keyed: { readonly item: T; readonly key: Json | undefined }[] = [];
  for (const item of items) {
    const values = valuesAt(path, objectOf(item));
    if ('fault' in values) return values;
    keyed.push({ item, key: values[0] });
  }
  const keys = keyed.flatMap(({ key }) => (key === undefined || key === null ? [] : [key]));
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) {
    return { fault: 'none of the objects has a value there' };
  }
  const [first] = keys;
  const sortable = typeof first === 'string' || typeof first === 'number';
  if (first !== undefined && (!sortable || keys.some((key) => typeof key !== typeof first))) {
    return { fault: 'the values there have no order; name a field that holds a text or a number' };
  }
  return keyed.toSorted((a, b) => order(a.key, b.key)).map(({ item }) => item);
}

function order(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return rank(a) - rank(b);
  const [left, right] = [quantity(a), quantity(b)];
  return left !== null && right !== null ? left - right : byUnits(a, b);
}

function rank(value: Json | undefined): number {
  return value === undefined ? 0 : value === null ? 1 : 2;
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;
const FACTORS: { readonly [suffix: string]: number } = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** A quantity such as `100m` or `2Gi` as a number (Kubernetes API, "Quantity"); null for any other text. */
function quantity(text: string): number | null {
  const found = QUANTITY.exec(text);
  if (found === null) return null;
  const [, number, suffix, exponent] = found;
  return Number(number) * (suffix === undefined ? 10 ** Number(exponent ?? 0) : (FACTORS[suffix] ?? 1));
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
