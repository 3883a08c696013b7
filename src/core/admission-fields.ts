import type { FieldRule } from './patch-fields.ts';

/**
 * Which fields of an object may differ after a change. `notes` are labels or annotations: the named keys may differ,
 * and where it is open every key that is not reserved for Kubernetes or firstmate.
 */
export type Free =
  | { readonly is: 'free' }
  | { readonly is: 'map'; readonly fields: { readonly [name: string]: Free } }
  | { readonly is: 'containers'; readonly each: Free }
  | { readonly is: 'notes'; readonly open: boolean; readonly keys: readonly string[] };

export const FREE: Free = { is: 'free' };
export const map = (fields: { readonly [name: string]: Free }): Free => ({ is: 'map', fields });
export const containers = (each: Free): Free => ({ is: 'containers', each });
export const notes = (keys: readonly string[], open = false): Free => ({ is: 'notes', open, keys });

/** What may differ by one or the other. */
export function either(a: Free, b: Free): Free {
  if (a.is === 'map' && b.is === 'map') {
    const fields = { ...a.fields };
    for (const [name, field] of Object.entries(b.fields)) {
      const known = fields[name];
      fields[name] = known === undefined ? field : either(known, field);
    }
    return map(fields);
  }
  if (a.is === 'containers' && b.is === 'containers') return containers(either(a.each, b.each));
  if (a.is === 'notes' && b.is === 'notes')
    return notes([...new Set([...a.keys, ...b.keys])], a.open || b.open);
  return FREE;
}

/** The closed list of what a patch may name, as what may differ. */
export function freeOf(rule: FieldRule): Free {
  switch (rule.is) {
    case 'value':
      return FREE;
    case 'map':
      return map(
        Object.fromEntries(Object.entries(rule.fields).map(([name, field]) => [name, freeOf(field)])),
      );
    case 'containers':
      return containers(freeOf(rule.each));
  }
}

/** A condition in CEL, and the place that it is about: `spec.template`, empty for the object itself. */
export type FieldCondition = {
  readonly holds: string;
  readonly place: string;
  readonly may: readonly string[];
};

/** Of a key of labels or annotations, which RE2 knows as reserved. */
const RESERVED = '^([^/]*[.])?(kubernetes[.]io|(x-)?k8s[.]io|firstmate[.]dev)/';

/** That nothing else differs between two objects: one condition for each map on the way, all of which must hold. */
export function conditionsOf(free: Free): readonly FieldCondition[] {
  return walk(free, { now: 'object', was: 'oldObject', steps: [], depth: 0 });
}

type Place = {
  /** Names of CEL variables. */
  readonly now: string;
  readonly was: string;
  readonly steps: readonly string[];
  readonly depth: number;
};

function walk(free: Free, place: Place): readonly FieldCondition[] {
  switch (free.is) {
    case 'free':
      return [];
    case 'map':
      return [
        bound(place, '{}', Object.keys(free.fields), (now, was) =>
          agree(now, was, `k in ${JSON.stringify(Object.keys(free.fields))}`),
        ),
        ...Object.entries(free.fields).flatMap(([name, field]) =>
          walk(field, { ...place, steps: [...place.steps, name] }),
        ),
      ];
    case 'notes': {
      const named = `k in ${JSON.stringify(free.keys)}`;
      const open = `!k.matches(${JSON.stringify(RESERVED)})`;
      const may = free.open ? [...free.keys, 'those of people'] : free.keys;
      return [
        bound(place, '{}', may, (now, was) => agree(now, was, free.open ? `${named} || ${open}` : named)),
      ];
    }
    case 'containers':
      return [bound(place, '[]', [], (now, was) => sameContainers(free.each, now, was, place.depth + 1))];
  }
}

/** Each container has one of the same name before, and differs from it in what is free alone. */
function sameContainers(each: Free, now: string, was: string, depth: number): string {
  const [one, other] = [`c${depth}`, `d${depth}`];
  const inside = walk(each, { now: one, was: other, steps: [], depth }).map(({ holds }) => ` && ${holds}`);
  return `size(${now}) == size(${was}) && ${now}.all(${one}, ${was}.exists(${other}, ${other}.name == ${one}.name${inside.join('')}))`;
}

function agree(now: string, was: string, except: string): string {
  return `${now}.all(k, ${except} || (k in ${was} && ${now}[k] == ${was}[k])) && ${was}.all(k, ${except} || k in ${now})`;
}

/** Gives both values a name; one that is not there counts as empty. CEL has no other way to name a value. */
function bound(
  { now, was, steps, depth }: Place,
  empty: string,
  may: readonly string[],
  holds: (now: string, was: string) => string,
): FieldCondition {
  const [a, b] = [`n${depth}`, `w${depth}`];
  return {
    holds: `[${valueAt(now, steps, empty)}].all(${a}, [${valueAt(was, steps, empty)}].all(${b}, ${holds(a, b)}))`,
    place: steps.join('.'),
    may,
  };
}

function valueAt(root: string, steps: readonly string[], empty: string): string {
  if (steps.length === 0) return root;
  const paths = steps.map((_, index) => [root, ...steps.slice(0, index + 1)].join('.'));
  return `${paths.map((path) => `has(${path})`).join(' && ')} ? ${paths.at(-1)} : ${empty}`;
}
