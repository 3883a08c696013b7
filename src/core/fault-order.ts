import type { DocumentFault } from './catalog.ts';

/** By file, line and column; an error before a warning at the same place. */
export function inOrder(faults: readonly DocumentFault[]): readonly DocumentFault[] {
  return faults.toSorted(
    (a, b) =>
      (a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      a.severity.localeCompare(b.severity, 'en'),
  );
}
