import type { DocumentFault } from '../core/catalog.ts';
import type { Place } from '../core/runbook.ts';

/** The documents of a file that hold, and everything that is wrong in it. */
export type Parsed<T> = {
  readonly documents: readonly T[];
  /** Where the name of each of them stands. */
  readonly places: readonly Place[];
  readonly faults: readonly DocumentFault[];
};

/** One document as it was read: null when it has an error. */
export type ReadDocument<T> = {
  readonly document: T | null;
  readonly place: Place;
  readonly faults: readonly DocumentFault[];
};

export function gathered<T>(read: readonly ReadDocument<T>[], faults: readonly DocumentFault[]): Parsed<T> {
  const documents: T[] = [];
  const places: Place[] = [];
  for (const { document, place } of read)
    if (document !== null) {
      documents.push(document);
      places.push(place);
    }
  return { documents, places, faults: [...faults, ...read.flatMap((one) => one.faults)] };
}

export function hasError(faults: readonly DocumentFault[]): boolean {
  return faults.some((fault) => fault.severity === 'error');
}
