/** What a template of kubectl's JSONPath says, read once and refused where it says something else. */

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** One step of a path; each takes every value that the one before it gave. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  /** `..`: the value and everything inside it. */
  | { readonly kind: 'recursive' }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'slice'; readonly from: number; readonly to: number | null; readonly step: number }
  | { readonly kind: 'union'; readonly of: readonly Path[] }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'compare'; readonly left: Path; readonly operator: Operator; readonly right: Path }
  | { readonly kind: 'literal'; readonly value: string | number | boolean };
export type Path = readonly Step[];

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'range'; readonly over: Path; readonly parts: readonly Part[] };
export type Template = readonly Part[];

/** The sentence says what cannot be read, and where. */
export type JsonPathFault = { readonly fault: string };

export const MAX_TEMPLATE = 1024;
const MAX_NESTING = 4;
const FIELD = /(?:\\.|[^\\\s.,[\]{}$@'"()=!<>|&?*:])+/y;
const SLICE = /^(-?\d{1,6})?:(-?\d{1,6})?(?::(\d{1,6})?)?$/;
const INDEX = /^-?\d{1,6}$/;
const KEY = /^'([^']*)'$/;
/** One kind of quotes may stand within the other. */
const TEXT = /^(["'])(?:\\.|(?!\1)[^\\])*\1$/s;
const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+)$/s;
const OPERATORS: readonly Operator[] = ['==', '!=', '<', '<=', '>', '>='];
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...[...'\\\'"'].map((char): [string, string] => [char, char]),
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

class Unreadable extends Error {}

function orFault<T>(read: () => T): T | JsonPathFault {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
}

/**
 * A template of `kubectl get -o jsonpath=…`: text, `{path}`, `{"text"}` and `{range path}…{end}`
 * (https://kubernetes.io/docs/reference/kubectl/jsonpath/). Paths have fields, `*`, `..`, `[0]`, `[-1]`, `[0:2]`,
 * `['a','b']` and filters of one comparison. Whatever else kubectl may make of a text is a fault here.
 */
export function parseTemplate(text: string): Template | JsonPathFault {
  return orFault(() => {
    if (text.length > MAX_TEMPLATE) throw new Unreadable(`it has more than ${MAX_TEMPLATE} characters`);
    const actions = actionsOf(text);
    if (actions.every((action) => 'text' in action)) {
      throw new Unreadable('it names nothing to print; a path stands in braces, such as {.metadata.name}');
    }
    return partsOf(actions);
  });
}

/** A path of `--sort-by`, which needs no braces and no dot before it: `metadata.name`, `{.spec.replicas}`. */
export function parsePath(text: string): Path | JsonPathFault {
  return orFault(() => {
    if (text.length > MAX_TEMPLATE) throw new Unreadable(`it has more than ${MAX_TEMPLATE} characters`);
    const inner = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
    const path = inner?.[1] ?? inner?.[2];
    if (path === undefined || path.trim() !== path) {
      throw new Unreadable('it is not one path such as .metadata.creationTimestamp');
    }
    return pathOf(/^[.[]/.test(path) ? path : `.${path}`, 0);
  });
}

type Action = { readonly text: string } | { readonly action: string };

/** Text and what stands in braces, where a brace within quotes is only a character. */
function actionsOf(text: string): readonly Action[] {
  const actions: Action[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const until = open === -1 ? text.length : open;
    if (until > at) actions.push({ text: text.slice(at, until) });
    if (open === -1) break;
    const close = closing(text, open + 1, '}');
    const action = text.slice(open + 1, close).trim();
    if (action === '') throw new Unreadable('there is nothing between { and }');
    actions.push({ action });
    at = close + 1;
  }
  return actions;
}

/** Where `mark` stands for the first time outside of quotes. */
function closing(text: string, from: number, mark: string): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === mark) return at;
    else if (char === '"' || char === "'") quote = char;
  }
  throw new Unreadable(`a "${mark}" is missing after "${text.slice(from, from + 20)}"`);
}

type Open = { readonly over: Path | null; readonly parts: Part[] };

function partsOf(actions: readonly Action[]): Template {
  const root: Part[] = [];
  const open: Open[] = [];
  const into = (): Part[] => open.at(-1)?.parts ?? root;
  for (const action of actions) {
    if ('text' in action) {
      into().push({ kind: 'text', text: action.text });
      continue;
    }
    const range = /^range\s+(.+)$/s.exec(action.action);
    if (range !== null) {
      if (open.length >= MAX_NESTING) throw new Unreadable(`more than ${MAX_NESTING} ranges are nested`);
      open.push({ over: pathOf(range[1] ?? '', 0), parts: [] });
    } else if (action.action === 'end') {
      const ended = open.pop();
      if (ended?.over == null) throw new Unreadable('an {end} ends no {range}');
      into().push({ kind: 'range', over: ended.over, parts: ended.parts });
    } else {
      into().push({ kind: 'path', path: pathOf(action.action, 0) });
    }
  }
  if (open.length > 0) throw new Unreadable('a {range} has no {end}');
  return root;
}

function pathOf(text: string, nesting: number): Path {
  const plain = text.trim();
  const literal = literalOf(plain);
  if (literal !== null) return [{ kind: 'literal', value: literal }];
  const steps: Step[] = [];
  // The present value; kubectl takes both signs for the same.
  let at = /^[$@]/.test(plain) ? 1 : 0;
  if (plain === '') throw new Unreadable('a path is empty');
  while (at < plain.length) {
    if (plain.startsWith('..', at)) {
      steps.push({ kind: 'recursive' });
      // `..name` goes on with a field that has no dot of its own.
      at += 2;
      if (plain.charAt(at) === '[') continue;
      at = readField(plain, at, steps);
    } else if (plain.charAt(at) === '.') {
      // A dot alone is the value itself.
      at = plain.length === at + 1 ? at + 1 : readField(plain, at + 1, steps);
    } else if (plain.charAt(at) === '[') {
      const close = plain.startsWith('[?(', at) ? filterEnd(plain, at) : closing(plain, at + 1, ']');
      steps.push(bracketOf(plain.slice(at + 1, close), nesting));
      at = close + 1;
    } else {
      throw new Unreadable(`"${plain.slice(at, at + 20)}" is not a step of a path such as .name or [0]`);
    }
  }
  return steps;
}

function readField(text: string, at: number, steps: Step[]): number {
  if (text.charAt(at) === '*') {
    steps.push({ kind: 'wildcard' });
    return at + 1;
  }
  if (text.charAt(at) === '[') return at;
  FIELD.lastIndex = at;
  const found = FIELD.exec(text)?.[0];
  if (found === undefined)
    throw new Unreadable(`"${text.slice(at, at + 20)}" is not the name of a field; write a dot in it as \\.`);
  steps.push({ kind: 'field', name: found.replaceAll('\\', '') });
  return at + found.length;
}

function filterEnd(text: string, at: number): number {
  const close = closing(text, at + 3, ')');
  if (text.charAt(close + 1) !== ']') throw new Unreadable('a filter ends with )]');
  return close + 1;
}

function bracketOf(inside: string, nesting: number): Step {
  const text = inside.trim();
  if (text.startsWith('?(')) return filterOf(text.slice(2, -1), nesting);
  if (text === '*') return { kind: 'slice', from: 0, to: null, step: 1 };
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 1) {
    if (nesting >= MAX_NESTING) throw new Unreadable('it is nested too deeply');
    return { kind: 'union', of: parts.map((part) => pathOf(`[${part}]`, nesting + 1)) };
  }
  const key = KEY.exec(text)?.[1];
  if (key !== undefined) {
    const path = pathOf(`.${key}`, nesting);
    const [only, ...more] = path;
    return only !== undefined && more.length === 0 ? only : { kind: 'union', of: [path] };
  }
  if (INDEX.test(text)) return { kind: 'index', at: Number(text) };
  const slice = SLICE.exec(text);
  if (slice === null) throw new Unreadable(`[${text}] is not [0], [0:2], [*], ['name'] or a filter`);
  const [, from, to, step] = slice;
  if (step === '0') throw new Unreadable('a step of 0 goes nowhere');
  return {
    kind: 'slice',
    from: Number(from ?? 0),
    to: to === undefined ? null : Number(to),
    step: Number(step ?? 1),
  };
}

function filterOf(text: string, nesting: number): Step {
  if (nesting > 0 || text.includes('?(')) throw new Unreadable('a filter within a filter is not taken');
  const compared = COMPARISON.exec(text);
  if (compared === null) return { kind: 'exists', path: pathOf(text, nesting + 1) };
  const [, left = '', sign, right = ''] = compared;
  const operator = OPERATORS.find((known) => known === sign);
  if (operator === undefined) {
    throw new Unreadable(
      `"${sign}" is not one of ${OPERATORS.join(', ')}; regular expressions are not taken`,
    );
  }
  return { kind: 'compare', left: pathOf(left, nesting + 1), operator, right: pathOf(right, nesting + 1) };
}

function literalOf(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (NUMBER.test(text)) return Number(text);
  const mark = text.charAt(0);
  if (mark !== '"' && mark !== "'") return null;
  if (!TEXT.test(text)) {
    throw new Unreadable(`${text.slice(0, 20)} is not one text in quotes`);
  }
  return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, char: string) => {
    const meant = ESCAPES.get(char);
    if (meant === undefined) throw new Unreadable(`\\${char} is not one of \\n, \\t, \\r, \\\\, \\" and \\'`);
    return meant;
  });
}
