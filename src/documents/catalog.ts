import { dirname, relative } from 'node:path';
import type { Catalog, DocumentFault } from '../core/catalog.ts';
import { inOrder } from '../core/fault-order.ts';
import type { BrokenPolicy, Policy } from '../core/policy.ts';
import { FALLBACK_RUNBOOK, type Place, type Runbook } from '../core/runbook.ts';
import type { Service } from '../core/service.ts';
import { crossFaults } from './cross-checks.ts';
import { type DocumentFiles, onDisk } from './files.ts';
import { parsePolicy } from './policy.ts';
import { parseRunbook } from './runbook.ts';
import { parseService } from './service.ts';

type OneOrMore = string | readonly string[];
export type DocumentFolders = {
  readonly runbooks: OneOrMore;
  readonly policies: OneOrMore;
  readonly services: OneOrMore;
};

export type LoadOptions = {
  readonly files?: DocumentFiles;
  /** For diagnostic steps that do not say how long they may take. */
  readonly stepTimeoutMs?: number;
};

type File = { readonly file: string; readonly text: string };

function faultAt(file: string, severity: DocumentFault['severity'], says: string): DocumentFault {
  return { place: { file, line: 1, column: 1 }, severity, says };
}

async function filesOf(
  folders: OneOrMore,
  files: DocumentFiles,
  faults: DocumentFault[],
): Promise<{ files: File[]; unreadable: string[] }> {
  const found: File[] = [];
  const unreadable: string[] = [];
  for (const folder of [folders].flat()) {
    const names = await files.list(folder).catch((error: unknown) => {
      faults.push(faultAt(folder, 'error', `cannot be read: ${says(error)}`));
      return [];
    });
    if (names === null) faults.push(faultAt(folder, 'warning', 'there is no such folder'));
    for (const file of names ?? []) {
      try {
        found.push({ file: displayName(file, folder), text: await files.read(file) });
      } catch (error) {
        unreadable.push(file);
        faults.push(faultAt(file, 'error', `cannot be read: ${says(error)}`));
      }
    }
  }
  return { files: found, unreadable };
}

/** As people know it: from where they stand, else from the folder's own name on. */
export function displayName(file: string, folder: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') ? relative(dirname(folder), file) : fromHere;
}

function says(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Located<T> = { readonly document: T; readonly place: Place };

/** Keeps the first of each name; tells of the others. */
function unique<T>(
  all: readonly Located<T>[],
  nameOf: (document: T) => string,
  what: string,
  faults: DocumentFault[],
): { kept: readonly T[]; doubled: readonly Located<T>[] } {
  const first = new Map<string, Located<T>>();
  const doubled: Located<T>[] = [];
  for (const located of all) {
    const name = nameOf(located.document);
    const other = first.get(name);
    if (other === undefined) first.set(name, located);
    else {
      const where = `${other.place.file}:${other.place.line}`;
      faults.push({
        place: located.place,
        severity: 'error',
        says: `there is already ${what} "${name}", in ${where}`,
      });
      doubled.push(located);
    }
  }
  return { kept: [...first.values()].map(({ document }) => document), doubled };
}

function located<T>(
  parsed: { documents: readonly T[]; places: readonly Place[] },
  file: string,
): Located<T>[] {
  return parsed.documents.map((document, index) => ({
    document,
    place: parsed.places[index] ?? { file, line: 1, column: 1 },
  }));
}

/**
 * Loads every document of the folders, each of which may be several. Never throws for what stands in a document:
 * a runbook or service with an error is set aside, a policy with one denies everything for its service; `faults`
 * has them all, in the order of files and lines.
 */
export async function loadCatalog(
  folders: DocumentFolders,
  { files = onDisk, stepTimeoutMs }: LoadOptions = {},
): Promise<Catalog> {
  const faults: DocumentFault[] = [];
  const brokenPolicies: BrokenPolicy[] = [];
  const runbooks: Located<Runbook>[] = [];
  const policies: Located<Policy>[] = [];
  const services: Located<Service>[] = [];

  for (const { file, text } of (await filesOf(folders.runbooks, files, faults)).files) {
    const parsed = parseRunbook(text, file, stepTimeoutMs);
    faults.push(...parsed.faults);
    runbooks.push(...located(parsed, file));
  }
  const policyFiles = await filesOf(folders.policies, files, faults);
  for (const file of policyFiles.unreadable)
    brokenPolicies.push({ service: null, file, says: `${file} cannot be read` });
  for (const { file, text } of policyFiles.files) {
    const parsed = parsePolicy(text, file);
    faults.push(...parsed.faults);
    brokenPolicies.push(...parsed.broken);
    policies.push(...located(parsed, file));
  }
  for (const { file, text } of (await filesOf(folders.services, files, faults)).files) {
    const parsed = parseService(text, file);
    faults.push(...parsed.faults);
    services.push(...located(parsed, file));
  }

  const onePolicyEach = unique(policies, ({ service }) => service, 'a policy for', faults);
  for (const { document, place } of onePolicyEach.doubled)
    brokenPolicies.push({
      service: document.service,
      file: document.file,
      says: `${place.file}:${place.line}:${place.column}: a second policy for ${document.service}`,
    });
  const catalog = {
    runbooks: unique(runbooks, ({ name }) => name, 'a runbook', faults).kept,
    policies: onePolicyEach.kept,
    brokenPolicies,
    services: unique(services, ({ name }) => name, 'a service', faults).kept,
  };
  const [folder] = [folders.runbooks].flat();
  if (folder !== undefined && !catalog.runbooks.some(({ name }) => name === FALLBACK_RUNBOOK))
    faults.push(
      faultAt(
        folder,
        'warning',
        `there is no ${FALLBACK_RUNBOOK}: an alert that no runbook takes is not looked into`,
      ),
    );
  faults.push(...crossFaults(catalog, { policies, services }));
  return { ...catalog, faults: inOrder(faults) };
}
