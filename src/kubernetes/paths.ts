import { KINDS, type KindRef } from '../core/kinds.ts';

/** `deployment.apps`, `pod`: how kubectl names a kind before a slash. */
export function kindPrefix(kind: KindRef): string {
  const singular = kind.kind.toLowerCase();
  return kind.group === '' ? singular : `${singular}.${kind.group}`;
}

/** The kind that an owner reference or an event speaks of, when it is one of those that we read. */
export function kindNamed(kind: string): KindRef | undefined {
  return KINDS.find((known) => known.kind === kind);
}
