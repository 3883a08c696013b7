import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { compact, isObject, type JsonObject, listOr, objectOr, textOr } from './json.ts';
import type { LogLine, LogSource } from './log-source.ts';
import { findKind } from './resources.ts';
import type { Simulation } from './simulation.ts';
import type { KubeObject } from './types.ts';

const MANIFESTS = new Set(['.yaml', '.yml', '.json']);

function documentsOf(file: string): JsonObject[] {
  const text = readFileSync(file, 'utf8');
  if (extname(file) === '.json') return [objectOr(JSON.parse(text))];
  return parseAllDocuments(text).map((document) => objectOr(document.toJS()));
}

/** The objects of a document: itself, or the items of a List, which carry no kind of their own in typed lists. */
function objectsOf(document: JsonObject): JsonObject[] {
  const kind = textOr(document.kind);
  if (!Array.isArray(document.items)) return [document];
  const itemKind = kind === 'List' ? undefined : kind.replace(/List$/, '');
  return listOr(document.items)
    .filter(isObject)
    .map((item) => ({
      ...(itemKind === undefined ? {} : { kind: itemKind, apiVersion: document.apiVersion }),
      ...item,
    }));
}

/** Loads one object as it was recorded; kinds that the playground does not serve are left out. */
export function loadObject(simulation: Simulation, object: JsonObject): void {
  const resource = findKind(textOr(object.apiVersion), textOr(object.kind));
  if (resource === undefined) return;
  const metadata = objectOr(object.metadata);
  const version = textOr(metadata.resourceVersion) || String(simulation.store.resourceVersion());
  const loaded: KubeObject = compact({
    ...object,
    apiVersion: textOr(object.apiVersion),
    kind: textOr(object.kind),
    metadata: {
      ...metadata,
      name: textOr(metadata.name),
      uid: textOr(metadata.uid) || randomUUID(),
      resourceVersion: version,
      creationTimestamp: textOr(metadata.creationTimestamp) || simulation.clock.stamp(),
    },
  });
  simulation.store.load(resource.storage, loaded);
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && MANIFESTS.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The time that is "now" in a recorded cluster: its `clock` file, in ms; undefined without one. */
export function recordedTime(folder: string): number | undefined {
  const file = join(folder, 'clock');
  return existsSync(file) ? Date.parse(readFileSync(file, 'utf8').trim()) : undefined;
}

/** Loads a folder of Kubernetes objects and Lists, as `kubectl get -o yaml` or `-o json` prints them. */
export function loadRecordedCluster(simulation: Simulation, folder: string): void {
  for (const file of manifestsIn(folder)) {
    for (const object of documentsOf(file).flatMap(objectsOf)) loadObject(simulation, object);
  }
  simulation.store.forgetHistory();
}

/** Logs from `logs/<namespace>/<pod>/<container>.log` and `.previous.log`; a leading time stamp is taken as time. */
export function recordedLogs(folder: string, now: number): LogSource {
  return (pod, container, previous) => {
    const suffix = previous ? '.previous.log' : '.log';
    const place = join(
      folder,
      'logs',
      pod.metadata.namespace ?? '',
      pod.metadata.name,
      `${container}${suffix}`,
    );
    if (!existsSync(place)) return undefined;
    return readFileSync(place, 'utf8')
      .replace(/\n$/, '')
      .split('\n')
      .map((line): LogLine => {
        const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (.*)$/.exec(line);
        return stamp === null
          ? { at: now, text: line }
          : { at: Date.parse(stamp[1] ?? ''), text: stamp[2] ?? '' };
      });
  };
}
