import type { BrokenPolicy, Policy } from './policy.ts';
import type { Place, Runbook } from './runbook.ts';
import type { Service } from './service.ts';

/** What is wrong with a document, where, and what to do. `warning` leaves the document in use. */
export type DocumentFault = {
  readonly place: Place;
  readonly severity: 'error' | 'warning';
  readonly says: string;
};

/** All documents that hold, and what was set aside. */
export type Catalog = {
  readonly runbooks: readonly Runbook[];
  readonly policies: readonly Policy[];
  readonly brokenPolicies: readonly BrokenPolicy[];
  readonly services: readonly Service[];
  readonly faults: readonly DocumentFault[];
};

/** `runbooks/x.yaml:3:7: error: …`, the form of compilers, so that editors can jump to it. */
export function faultLine(fault: DocumentFault): string {
  const { file, line, column } = fault.place;
  return `${file}:${line}:${column}: ${fault.severity}: ${fault.says}`;
}
