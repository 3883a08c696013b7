import { askedText, isAsked, type KindRef, type ReadKind, resolveKind, resolveReadKind } from '../kinds.ts';
import { Refused } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { bad, nameValue } from './values.ts';

/** What a command is about: kinds in the order of the line, and the names where it gives any. */
export type Subject<K extends ReadKind = KindRef> = {
  readonly kinds: readonly K[];
  readonly names: readonly string[];
  /** Where names of several kinds are given, `names` is empty. */
  readonly objects: readonly OneSubject<K>[] | null;
  readonly column: number;
};
export type OneSubject<K extends ReadKind = KindRef> = { readonly kind: K; readonly name: string };
type KindReader<K extends ReadKind> = (text: string, word: Word) => K;

/** What one command may ask for at once. */
const MAX_KINDS = 16;
const MAX_OBJECTS = 32;

/** @throws Refused */
export function kindOf(text: string, word: Word): KindRef {
  const resolved = resolveKind(text);
  if (resolved.status === 'refused') throw new Refused(resolved.code, resolved.says, word.column);
  return resolved.kind;
}

/** The same for reading, where the cluster may know more kinds than the table. @throws Refused */
export function readKindOf(text: string, word: Word): ReadKind {
  const resolved = resolveReadKind(text);
  if ('status' in resolved) throw new Refused(resolved.code, resolved.says, word.column);
  return resolved;
}

/**
 * kubectl's three ways: `pods`, `pods,services [name…]`, and `pod/web deploy/api …`.
 * @throws Refused
 */
export function readSubject<K extends ReadKind>(
  rest: readonly Word[],
  verb: string,
  kindOf: KindReader<K>,
): Subject<K> {
  const [first, ...others] = rest;
  if (first === undefined) throw new Refused('kind_required', `${verb} what? Name a kind`, 1);
  const { column } = first;
  if (first.text.includes('/')) {
    const pairs = uniqueBy(
      rest.map((word) => slashed(word, kindOf)),
      ({ kind, name }) => `${kindKey(kind)}/${name}`,
    );
    const kinds = uniqueBy(
      pairs.map(({ kind }) => kind),
      kindKey,
    );
    checkBounds(kinds.length, pairs.length, column);
    return kinds.length === 1
      ? { kinds, names: pairs.map(({ name }) => name), objects: null, column }
      : { kinds, names: [], objects: pairs, column };
  }
  const kinds = uniqueBy(
    first.text.split(',').map((text) => kindOf(text, first)),
    kindKey,
  );
  const names = unique(others.map((word) => nameValue(word.text, word)));
  checkBounds(kinds.length, kinds.length * names.length, column);
  return { kinds, names, objects: null, column };
}

function checkBounds(kinds: number, objects: number, column: number): void {
  if (kinds <= MAX_KINDS && objects <= MAX_OBJECTS) return;
  const says = `one command asks for at most ${MAX_KINDS} kinds and ${MAX_OBJECTS} named objects`;
  throw new Refused('unbounded', says, column);
}

/** The same for every spelling of a kind that the table knows. */
function kindKey(kind: ReadKind): string {
  return isAsked(kind) ? `asked ${askedText(kind)}` : `${kind.group}/${kind.resource}`;
}

/** `deployment/web` or `deployment web`, exactly one, of the kinds that the verb takes. @throws Refused */
export function oneSubject(rest: readonly Word[], verb: string, takes: readonly KindRef[]): OneSubject {
  const subject = readSubject(rest, verb, kindOf);
  const { column } = subject;
  const [kind, ...moreKinds] = subject.kinds;
  if (kind === undefined || moreKinds.length > 0) {
    throw new Refused('mixed_kinds', `${verb} takes one kind`, column);
  }
  checkKind(kind, verb, takes, column);
  const [name, ...more] = subject.names;
  if (name === undefined)
    throw new Refused('name_required', `${verb} needs the name of one ${kind.kind}`, column);
  if (more.length > 0) throw new Refused('too_many_names', `${verb} takes one object at a time`, column);
  return { kind, name };
}

/** @throws Refused */
export function checkKind(kind: KindRef, verb: string, takes: readonly KindRef[], column: number): void {
  if (takes.includes(kind)) return;
  const kinds = takes.map((known) => known.kind).join(', ');
  throw new Refused('kind_not_for_verb', `${verb} takes ${kinds}, not ${kind.kind}`, column);
}

/** `kind/name`. @throws Refused */
export function slashed<K extends ReadKind>(word: Word, kindOf: KindReader<K>): OneSubject<K> {
  const [kind, name, ...more] = word.text.split('/');
  if (kind === undefined || name === undefined || more.length > 0)
    throw bad(`"${word.text}" is not kind/name`, word);
  return { kind: kindOf(kind, word), name: nameValue(name, word) };
}

/** @throws Refused */
export function noWords(rest: readonly Word[]): void {
  const [word] = rest;
  if (word !== undefined)
    throw new Refused('unexpected_word', `"${word.text}" has no place here`, word.column);
}

/** The namespace of something that lives in one: there is no context here to take it from. @throws Refused */
export function requireNamespace(namespace: string | null): string {
  if (namespace !== null) return namespace;
  throw new Refused('namespace_required', 'name the namespace with -n: there is no current one here', 1);
}

/**
 * Where to read: a namespace, or null for all of them (`-A`) and for kinds that have none. A name is never looked for
 * in all namespaces, as in kubectl. Of a kind that has to be asked for nobody knows yet whether it lives in one.
 * @throws Refused
 */
export function readingNamespace(about: {
  readonly kinds: readonly ReadKind[];
  readonly named: boolean;
  readonly namespace: string | null;
  readonly everywhere: true | null;
}): string | null {
  const { kinds, named, namespace, everywhere } = about;
  if (everywhere !== null && namespace !== null) {
    throw new Refused('conflicting_flags', 'either -n or -A, not both', 1);
  }
  const known = kinds.some((kind) => !isAsked(kind) && kind.namespaced);
  if (!known && !kinds.some(isAsked)) return null;
  if (everywhere === null) return known ? requireNamespace(namespace) : namespace;
  if (named) throw new Refused('conflicting_flags', 'a named object is read in its namespace, not in all', 1);
  return null;
}

/** @throws Refused */
export function notTogether(
  given: readonly { readonly flag: string; readonly on: boolean }[],
  column = 1,
): void {
  const on = given.filter((flag) => flag.on).map((flag) => flag.flag);
  if (on.length > 1) throw new Refused('conflicting_flags', `${on.join(' and ')} do not go together`, column);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function uniqueBy<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  const firsts = new Map(values.toReversed().map((value) => [key(value), value]));
  return unique(values.map(key)).flatMap((one) => firsts.get(one) ?? []);
}
