import type { BreakGlassRules } from '../core/break-glass.ts';
import type { DocumentFault } from '../core/catalog.ts';
import type { Environment } from '../core/environment.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { Matcher } from '../core/runbook.ts';
import { SOURCE_KINDS } from '../core/settings.ts';
import { readBreakGlass } from './config-break-glass.ts';
import { readClusters, readEnvironments } from './config-clusters.ts';
import type { AuditEntries, ClusterEntry, LimitEntries, SourceEntry, TeamEntry } from './config-entries.ts';
import { readMaintenance } from './config-maintenance.ts';
import {
  at,
  type Cursor,
  eachOnce,
  entries,
  error,
  items,
  numberOrNull,
  oneOf,
  present,
  rootOf,
  text,
  textOrNull,
} from './cursor.ts';
import { parseDuration } from './duration.ts';
import { readMatchers } from './matcher-line.ts';
import { didYouMean } from './nearest.ts';
import { shapeFaults } from './shape.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** firstmate.yaml as it is written; the environment is merged with it elsewhere. */
export type ConfigFile = {
  readonly sources: readonly SourceEntry[];
  readonly clusters: readonly ClusterEntry[];
  readonly environments: readonly Environment[];
  readonly teams: readonly TeamEntry[];
  readonly defaultResponder: string | null;
  readonly incidentsChannel: string | null;
  /** With its slash; null: /incident. */
  readonly slashCommand: string | null;
  /** Null: the default, severity critical. */
  readonly openWhen: readonly (readonly Matcher[])[] | null;
  readonly protectedNamespaces: readonly string[];
  readonly breakGlass: BreakGlassRules | null;
  readonly maintenance: readonly MaintenanceWindow[];
  /** Paths as written, relative to the file; null: the default. */
  readonly folders: {
    readonly runbooks: readonly string[] | null;
    readonly policies: readonly string[] | null;
    readonly services: readonly string[] | null;
  };
  readonly limits: LimitEntries;
  readonly audit: AuditEntries;
};

/** `config` is null when the file has an error. */
export type ParsedConfig = { readonly config: ConfigFile | null; readonly faults: readonly DocumentFault[] };

function readSources(cursor: Cursor, clusters: readonly string[]): readonly SourceEntry[] {
  const sources = items(cursor);
  eachOnce(
    sources.map((source) => at(source, 'name')),
    'a source',
  );
  return sources.map((source): SourceEntry => {
    const cluster = text(at(source, 'cluster'));
    const label = text(at(source, 'cluster_label'));
    if (present(at(source, 'cluster')) === present(at(source, 'cluster_label')))
      error(source, 'a source needs either "cluster" or "cluster_label"');
    if (cluster !== '' && !clusters.includes(cluster))
      error(at(source, 'cluster'), `there is no cluster called "${cluster}"${didYouMean(cluster, clusters)}`);
    return {
      name: text(at(source, 'name')),
      kind: oneOf(at(source, 'kind'), SOURCE_KINDS, 'alertmanager'),
      cluster: label === '' ? { name: cluster } : { label },
      secretEnv: textOrNull(at(source, 'secret_env')),
      repeatMs: parseDuration(text(at(source, 'repeat_interval'))),
      watchdogMs: parseDuration(text(at(source, 'watchdog_within'))),
    };
  });
}

function readTeams(cursor: Cursor): readonly TeamEntry[] {
  return entries(cursor).map(([name, team]) => ({
    name,
    slackGroup: textOrNull(at(team, 'slack_group'))?.replace(/^@/, '') ?? null,
    members: items(at(team, 'members')).map(text),
    oncall: textOrNull(at(team, 'oncall'))?.replace(/^@/, '') ?? null,
  }));
}

function readFolders(cursor: Cursor): readonly string[] | null {
  const one = textOrNull(cursor);
  if (one !== null) return [one];
  return present(cursor) ? items(cursor).map(text) : null;
}

function readLimits(cursor: Cursor): LimitEntries {
  const duration = (key: string) => parseDuration(text(at(cursor, key)));
  return {
    bodyBytes: numberOrNull(at(cursor, 'body_bytes')),
    responseBytes: numberOrNull(at(cursor, 'response_bytes')),
    readsPerIncident: numberOrNull(at(cursor, 'reads_per_incident')),
    readsPerCluster: numberOrNull(at(cursor, 'reads_per_cluster')),
    stepTimeoutMs: duration('step_timeout'),
    investigationMs: duration('investigation'),
    quietMs: duration('quiet'),
    planValidMs: duration('plan_valid'),
    channelGraceMs: duration('channel_grace'),
    clearingMs: duration('clearing'),
    reopenMs: duration('reopen'),
    writeTimeoutMs: duration('write_timeout'),
    inboxDeliveries: numberOrNull(at(cursor, 'inbox_deliveries')),
  };
}

const SHORTEST_EVERY_MS = 60_000;

function readAudit(cursor: Cursor): AuditEntries {
  const every = at(cursor, 'every');
  const everyMs = parseDuration(text(every));
  if (everyMs !== null && everyMs < SHORTEST_EVERY_MS)
    error(every, 'heads are published once a minute at most: give 1m or more');
  return { everyMs, headsFile: textOrNull(at(cursor, 'heads_file')) };
}

/** Reads one document as firstmate.yaml. */
export function readConfig(source: YamlSource): { config: ConfigFile | null; faults: DocumentFault[] } {
  const faults = [...shapeFaults(source, 'firstmate')];
  const root = rootOf(source, faults);
  const environments = readEnvironments(at(root, 'environments'));
  const clusters = readClusters(
    at(root, 'clusters'),
    environments.map(({ name }) => name),
  );
  const teams = readTeams(at(root, 'teams'));
  const names = teams.map(({ name }) => name);
  const responder = textOrNull(at(root, 'default_responder'));
  if (responder !== null && !names.includes(responder))
    error(
      at(root, 'default_responder'),
      `there is no team called "${responder}"${didYouMean(responder, names)}`,
    );
  const openWhen = at(root, 'open_when');
  const config: ConfigFile = {
    sources: readSources(
      at(root, 'sources'),
      clusters.map(({ name }) => name),
    ),
    clusters,
    environments,
    teams,
    defaultResponder: responder,
    slashCommand: textOrNull(at(root, 'slash_command')),
    incidentsChannel: textOrNull(at(root, 'incidents_channel'))?.replace(/^#/, '') ?? null,
    openWhen: present(openWhen) ? items(openWhen).flatMap(readMatchers) : null,
    protectedNamespaces: items(at(root, 'protected_namespaces')).map(text),
    breakGlass: readBreakGlass(at(root, 'break_glass'), names),
    maintenance: readMaintenance(at(root, 'maintenance')),
    folders: {
      runbooks: readFolders(at(at(root, 'folders'), 'runbooks')),
      policies: readFolders(at(at(root, 'folders'), 'policies')),
      services: readFolders(at(at(root, 'folders'), 'services')),
    },
    limits: readLimits(at(root, 'limits')),
    audit: readAudit(at(root, 'audit')),
  };
  return { config: faults.some((fault) => fault.severity === 'error') ? null : config, faults };
}

/** Reads firstmate.yaml's text. An empty file is a file that says nothing; two documents are a fault. Never throws. */
export function parseConfigFile(textOfFile: string, file: string): ParsedConfig {
  const { sources, faults } = readYaml(textOfFile, file);
  const [first, second] = sources;
  if (faults.length > 0) return { config: null, faults };
  if (first === undefined) {
    const empty = readYaml('{}', file).sources[0];
    return empty === undefined ? { config: null, faults } : readConfig(empty);
  }
  const read = readConfig(first);
  if (second === undefined) return read;
  const root = rootOf(second, read.faults);
  error(root, 'only one document is expected in this file');
  return { config: null, faults: read.faults };
}
