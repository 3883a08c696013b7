import { askedText, isAsked, type ReadKind } from '../kinds.ts';
import type { Operation } from '../operation.ts';
import type { Word } from './tokenise.ts';

/** How one operation is written. `write` gives the words after `kubectl <verb>` that `read` takes back to the same. */
export type Grammar<O extends Operation> = {
  /** The words after the verb. @throws Refused */
  read(words: readonly Word[]): O;
  write(operation: O): readonly string[];
};

/** `--flag=value` where there is a value. */
export function flagWord(flag: string, value: string | number | null): readonly string[] {
  return value === null ? [] : [`--${flag}=${value}`];
}

export function switchWord(flag: string, on: boolean): readonly string[] {
  return on ? [`--${flag}`] : [];
}

/** The plural of a kind, or what it was called where the cluster has to be asked what it is. */
export function kindWord(kind: ReadKind): string {
  return isAsked(kind) ? askedText(kind) : kind.resource;
}

/** Whether one of the kinds is known to live in namespaces. */
export function anyNamespaced(kinds: readonly ReadKind[]): boolean {
  return kinds.some((kind) => !isAsked(kind) && kind.namespaced);
}

/** `-n web`, or `-A` where everything namespaced is meant. */
export function namespaceWords(namespace: string | null, namespaced: boolean): readonly string[] {
  if (namespace !== null) return ['-n', namespace];
  return namespaced ? ['-A'] : [];
}
