import { forbiddenFlag } from './forbidden-flags.ts';
import { Refused } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { bad, namespaceValue, type ValueReader } from './values.ts';

/**
 * One flag of a verb; `read` is null for a flag that takes no value. With `bare` its value stands behind `=` or not at
 * all, and is then `bare` (pflag's NoOptDefVal).
 */
export type FlagSpec<T> = {
  readonly short: string | null;
  readonly read: ValueReader<T> | null;
  readonly bare?: string;
};

/** By long name, without the dashes. */
export type FlagSpecs = { readonly [long: string]: FlagSpec<unknown> };

/** What each flag said; null where it was not given (or a switch was given as `=false`). */
export type FlagValues<S extends FlagSpecs> = {
  readonly [K in keyof S]: S[K] extends FlagSpec<infer T> ? T | null : never;
};

export function valueFlag<T>(read: ValueReader<T>, short: string | null = null): FlagSpec<T> {
  return { short, read };
}

export function switchFlag(short: string | null = null): FlagSpec<true> {
  return { short, read: null };
}

/** True or false, where it makes a difference whether the flag was given at all: `--wait`, `--wait=false`. */
export function eitherFlag<T>(read: ValueReader<T>, short: string | null = null): FlagSpec<T> {
  return { short, read, bare: 'true' };
}

export const NAMESPACE = valueFlag(namespaceValue, 'n');
export const ALL_NAMESPACES = switchFlag('A');

/**
 * Parts a verb's words into flags and the rest, in pflag's syntax without its liberties: `--flag=value`,
 * `--flag value`, `-f value`, `-f=value`, `-fvalue`; no clusters of short flags, no repetition, no value that looks like
 * a flag.
 * @throws Refused
 */
export function readFlags<S extends FlagSpecs>(
  words: readonly Word[],
  specs: S,
): { readonly flags: FlagValues<S>; readonly rest: readonly Word[] } {
  const values = new Map<string, unknown>();
  const rest: Word[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    if (word.text === '') throw new Refused('empty_word', 'an empty word means nothing here', word.column);
    if (!word.text.startsWith('-')) {
      rest.push(word);
      continue;
    }
    const flag = spelled(word, specs);
    if (values.has(flag.long)) {
      throw new Refused('repeated_flag', `--${flag.long} is given twice`, word.column);
    }
    if (flag.spec.read === null) {
      values.set(flag.long, switched(flag.attached, word) ? true : null);
      continue;
    }
    const attached = flag.attached ?? flag.spec.bare ?? null;
    const value = attached === null ? words[++at] : { text: attached, column: word.column };
    if (value === undefined) {
      throw new Refused('missing_value', `--${flag.long} has no value`, word.column);
    }
    if (value.text.startsWith('-')) {
      throw new Refused(
        'flag_like_value',
        attached === null
          ? `the value of --${flag.long} starts with a dash, which would hide a flag`
          : `"${attached}" is not taken for --${flag.long}: no value here starts with a dash`,
        value.column,
      );
    }
    values.set(flag.long, flag.spec.read(value.text, value));
  }
  const flags = Object.fromEntries(Object.keys(specs).map((long) => [long, values.get(long) ?? null]));
  // Each value came from the reader of its own spec, which is what FlagValues says.
  return { flags: flags as FlagValues<S>, rest };
}

function spelled(word: Word, specs: FlagSpecs) {
  const { text, column } = word;
  if (text === '--')
    throw new Refused('double_dash', '"--" ends flags for kubectl; it is refused here', column);
  if (text.startsWith('--')) {
    const equals = text.indexOf('=');
    const long = equals === -1 ? text.slice(2) : text.slice(2, equals);
    const spec = Object.hasOwn(specs, long) ? specs[long] : undefined;
    if (spec === undefined) throw forbiddenFlag(`--${long}`, column, Object.keys(specs));
    return { long, spec, attached: equals === -1 ? null : text.slice(equals + 1) };
  }
  const short = text.charAt(1);
  const found = Object.entries(specs).find(([, spec]) => spec.short === short && short !== '');
  if (found === undefined) throw forbiddenFlag(`-${short}`, column, Object.keys(specs));
  const [long, spec] = found;
  if (text.length === 2) return { long, spec, attached: null };
  if (text.charAt(2) === '=') return { long, spec, attached: text.slice(3) };
  const meant = text.slice(1).split('=')[0] ?? '';
  if (Object.hasOwn(specs, meant)) {
    throw new Refused(
      'short_flag_cluster',
      `"${text}" would mean -${short} with a value: write --${meant}`,
      column,
    );
  }
  if (spec.read === null || spec.bare !== undefined) {
    throw new Refused(
      'short_flag_cluster',
      `"${text}" runs a short flag together with more; write -${short} and the rest apart`,
      column,
    );
  }
  return { long, spec, attached: text.slice(2) };
}

function switched(attached: string | null, word: Word): boolean {
  if (attached === null || attached === 'true') return true;
  if (attached === 'false') return false;
  throw bad(`"${attached}" is neither true nor false`, word);
}
