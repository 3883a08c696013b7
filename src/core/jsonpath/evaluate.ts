import { canonicalJson, isJsonObject, type Json } from '../json.ts';
import type { JsonPathFault, Operator, Path, Step, Template } from './template.ts';

/** How many values one evaluation may look at, and how much it may print: a template is somebody's text. */
const MOST_VALUES = 200_000;
const MOST_TEXT = 1024 * 1024;

class Impossible extends Error {}

/** Counts what was looked at, so that no template runs on. */
type Budget = { left: number };

function spend(budget: Budget, values: number): void {
  budget.left -= values;
  if (budget.left < 0) throw new Impossible('the template looks at too much; narrow it');
}

function orFault<T>(run: (budget: Budget) => T): T | JsonPathFault {
  try {
    return run({ left: MOST_VALUES });
  } catch (error) {
    if (error instanceof Impossible) return { fault: error.message };
    throw error;
  }
}

/**
 * What kubectl prints for a template: values of one path with a blank between them, objects and lists as JSON with
 * sorted keys, and nothing for what is not there. Members are visited in the order of their keys. A fault is what
 * kubectl fails at: an index out of bounds, a filter over something that is no list, unlike things compared.
 */
export function printTemplate(template: Template, value: Json): string | JsonPathFault {
  return orFault((budget) => {
    const printed: string[] = [];
    let size = 0;
    const put = (text: string): void => {
      size += text.length;
      if (size > MOST_TEXT) throw new Impossible('the template prints too much; narrow it');
      printed.push(text);
    };
    const print = (parts: Template, about: Json): void => {
      for (const part of parts) {
        switch (part.kind) {
          case 'text':
            put(part.text);
            break;
          case 'path':
            put(walk([about], part.path, budget).map(shown).join(' '));
            break;
          case 'range':
            for (const one of walk([about], part.over, budget)) print(part.parts, one);
        }
      }
    };
    print(template, value);
    return printed.join('');
  });
}

/** The values that a path gives for one object; none where it leads nowhere. */
export function valuesAt(path: Path, value: Json): readonly Json[] | JsonPathFault {
  return orFault((budget) => walk([value], path, budget));
}

function walk(values: readonly Json[], path: Path, budget: Budget): readonly Json[] {
  return path.reduce<readonly Json[]>((from, step) => {
    const found = stepped(from, step, budget);
    spend(budget, found.length + 1);
    return found;
  }, values);
}

function stepped(values: readonly Json[], step: Step, budget: Budget): readonly Json[] {
  switch (step.kind) {
    case 'literal':
      return [step.value];
    case 'field':
      return values.flatMap((value) => member(value, step.name));
    case 'wildcard':
      return values.flatMap(inside);
    case 'recursive':
      return values.flatMap((value) => withDescendants(value, budget));
    case 'index':
      return values.flatMap((value) => sliced(listOf(value), step.at, null, 1));
    case 'slice':
      return values.flatMap((value) => sliced(listOf(value), step.from, step.to, step.step, true));
    case 'union':
      return step.of.flatMap((path) => walk(values, path, budget));
    case 'exists':
      return values.flatMap((value) =>
        listOf(value).filter((item) => walk([item], step.path, budget).length > 0),
      );
    case 'compare':
      return values.flatMap((value) => listOf(value).filter((item) => holds(item, step, budget)));
  }
}

function member(value: Json, name: string): readonly Json[] {
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return [];
  const found = value[name];
  return found === undefined ? [] : [found];
}

function inside(value: Json): readonly Json[] {
  if (isList(value)) return value;
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .toSorted()
    .flatMap((key) => member(value, key));
}

/** Things that hold something, each before what it holds; a value that holds nothing is no part of it. */
function withDescendants(value: Json, budget: Budget): readonly Json[] {
  const inner = inside(value);
  spend(budget, inner.length + 1);
  return inner.length === 0 ? [] : [value, ...inner.flatMap((one) => withDescendants(one, budget))];
}

/** Null gives nothing, as a missing field does; anything else must be a list. */
function listOf(value: Json): readonly Json[] {
  if (value === null) return [];
  if (!isList(value)) throw new Impossible('a list is asked for where there is none');
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function sliced(
  list: readonly Json[],
  from: number,
  to: number | null,
  step: number,
  range = false,
): readonly Json[] {
  const { length } = list;
  const first = from < 0 ? from + length : from;
  const last = range ? (to === null ? length : to < 0 ? to + length : to) : first + 1;
  if (first === last) return [];
  const wrong = first < 0 || first >= length || last < 0 || last > length || first > last;
  if (wrong) throw new Impossible(`an index lies outside of a list of ${length}`);
  return list.slice(first, last).filter((_, at) => at % step === 0);
}

function holds(
  item: Json,
  { left, operator, right }: Extract<Step, { kind: 'compare' }>,
  budget: Budget,
): boolean {
  const [a, ...moreLeft] = walk([item], left, budget);
  const [b, ...moreRight] = walk([item], right, budget);
  if (moreLeft.length > 0 || moreRight.length > 0)
    throw new Impossible('a filter compares two values at a time');
  return a !== undefined && b !== undefined && compare(a, operator, b);
}

function compare(a: Json, operator: Operator, b: Json): boolean {
  if (operator === '==' || operator === '!=') {
    if (typeof a !== typeof b || isHolder(a) || isHolder(b)) throw unlike(a, b);
    return (a === b) === (operator === '==');
  }
  const ordered =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!ordered) throw unlike(a, b);
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function isHolder(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

function unlike(a: Json, b: Json): Impossible {
  const named = (value: Json) =>
    Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return new Impossible(`a filter cannot compare ${named(a)} with ${named(b)}`);
}

function shown(value: Json): string {
  if (typeof value === 'string') return value;
  if (!isHolder(value)) return String(value);
  return canonicalJson(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
