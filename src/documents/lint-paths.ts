import type { DocumentFault } from '../core/catalog.ts';
import { inOrder } from '../core/fault-order.ts';
import { isJsonObject } from '../core/json.ts';
import { readConfig } from './config-file.ts';
import { type DocumentFiles, onDisk } from './files.ts';
import { readPolicySource } from './policy.ts';
import { readRunbook } from './runbook.ts';
import { readServiceSource } from './service.ts';
import { placeOf, readYaml, type YamlSource } from './yaml-source.ts';

export type DocumentKind = 'runbook' | 'policy' | 'service' | 'config';

export type LintReport = {
  readonly files: number;
  /** How many documents of each kind were looked at. */
  readonly documents: { readonly [kind in DocumentKind]: number };
  readonly faults: readonly DocumentFault[];
  /** Paths that could not be read at all. */
  readonly unreadable: readonly { readonly path: string; readonly says: string }[];
};

// In this order: a key that only one kind has.
const TELLING: readonly (readonly [DocumentKind, readonly string[]])[] = [
  ['policy', ['allowed_actions', 'safety_checks']],
  ['service', ['slo', 'incident']],
  [
    'config',
    ['sources', 'clusters', 'environments', 'teams', 'open_when', 'incidents_channel', 'folders', 'limits'],
  ],
  ['runbook', ['diagnose', 'hypotheses', 'actions', 'match']],
];

/** What kind of document this is, by the keys that only that kind has; null when it is none of ours. */
export function kindOfDocument(value: unknown): DocumentKind | null {
  if (!isJsonObject(value)) return null;
  if (value.kind === 'Runbook' || String(value.apiVersion).startsWith('firstmate.dev/')) return 'runbook';
  if (Object.hasOwn(value, 'apiVersion')) return null;
  const found = TELLING.find(([, keys]) => keys.some((key) => Object.hasOwn(value, key)));
  return found?.[0] ?? null;
}

function faultsOf(source: YamlSource, kind: DocumentKind): readonly DocumentFault[] {
  switch (kind) {
    case 'runbook':
      return readRunbook(source).faults;
    case 'policy':
      return readPolicySource(source).faults;
    case 'service':
      return readServiceSource(source).faults;
    case 'config':
      return readConfig(source).faults;
  }
}

/**
 * Checks files, and all YAML files of folders, each document by what it is. A file that is named and is none of
 * ours is an error; one that merely lies in a folder is a warning. `called` says how a file of a path is named to people.
 */
export async function lintPaths(
  paths: readonly string[],
  files: DocumentFiles = onDisk,
  called: (file: string, path: string) => string = (file) => file,
): Promise<LintReport> {
  const documents = { runbook: 0, policy: 0, service: 0, config: 0 };
  const faults: DocumentFault[] = [];
  const unreadable: { path: string; says: string }[] = [];
  const seen = new Set<string>();
  const lint = async (file: string, path: string, named: boolean): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await files.read(file);
    const yaml = readYaml(text, called(file, path));
    faults.push(...yaml.faults);
    for (const source of yaml.sources) {
      const kind = kindOfDocument(source.value);
      if (kind !== null) {
        documents[kind] += 1;
        faults.push(...faultsOf(source, kind));
      } else
        faults.push({
          place: placeOf(source, []),
          severity: named ? 'error' : 'warning',
          says: 'this is not a runbook, a policy, a service or a firstmate.yaml',
        });
    }
  };
  for (const path of paths) {
    try {
      const listed = await files.list(path);
      for (const file of listed ?? [path]) await lint(file, path, listed === null);
    } catch (error) {
      unreadable.push({ path, says: error instanceof Error ? error.message : String(error) });
    }
  }
  return { files: seen.size - unreadable.length, documents, faults: inOrder(faults), unreadable };
}
