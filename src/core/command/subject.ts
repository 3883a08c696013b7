import { type KindRef, resolveKind } from '../kinds.ts';
import { Refused } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { bad, nameValue } from './values.ts';

/** What a command is about: kinds in the order of the line, and the names where it gives any. */
export type Subject = {
  readonly kinds: readonly KindRef[];
  readonly names: readonly string[];
  readonly column: number;
};
export type OneSubject = { readonly kind: KindRef; readonly name: string };

/** @throws Refused */
export function kindOf(text: string, word: Word): KindRef {
  const resolved = resolveKind(text);
  if (resolved.status === 'refused') throw new Refused(resolved.code, resolved.says, word.column);
  return resolved.kind;
}

/**
 * kubectl's three ways: `pods`, `pods,services [name…]`, and `pod/web deploy/api …`, of which the last is taken for
 * names of one kind only.
 * @throws Refused
 */
export function readSubject(rest: readonly Word[], verb: string): Subject {
  const [first, ...others] = rest;
  if (first === undefined) throw new Refused('kind_required', `${verb} what? Name a kind`, 1);
  if (first.text.includes('/')) {
    const pairs = rest.map((word) => slashed(word));
    const kind = pairs[0]?.kind;
    const stranger = pairs.find((pair) => pair.kind !== kind);
    if (kind === undefined || stranger !== undefined) {
      throw new Refused('mixed_kinds', 'one command speaks of one kind; use several', first.column);
    }
    return { kinds: [kind], names: unique(pairs.map((pair) => pair.name)), column: first.column };
  }
  const kinds = unique(first.text.split(',').map((text) => kindOf(text, first)));
  const names = others.map((word) => nameValue(word.text, word));
  return { kinds, names: unique(names), column: first.column };
}

/** `deployment/web` or `deployment web`, exactly one, of the kinds that the verb takes. @throws Refused */
export function oneSubject(rest: readonly Word[], verb: string, takes: readonly KindRef[]): OneSubject {
  const subject = readSubject(rest, verb);
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
export function slashed(word: Word): OneSubject {
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
 * in all namespaces, as in kubectl.
 * @throws Refused
 */
export function readingNamespace(about: {
  readonly kinds: readonly KindRef[];
  readonly named: boolean;
  readonly namespace: string | null;
  readonly everywhere: true | null;
}): string | null {
  const { kinds, named, namespace, everywhere } = about;
  if (everywhere !== null && namespace !== null) {
    throw new Refused('conflicting_flags', 'either -n or -A, not both', 1);
  }
  if (!kinds.some((kind) => kind.namespaced)) return null;
  if (everywhere === null) return requireNamespace(namespace);
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

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
