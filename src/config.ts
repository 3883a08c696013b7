import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type ClusterSettings,
  DEFAULT_LIMITS,
  type Limits,
  PUBLISH_HEADS_EVERY_MS,
  type Settings,
  type SlackSettings,
  type SourceSettings,
} from './core/settings.ts';
import { type ConfigFile, parseConfigFile } from './documents/config-file.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** The environment or firstmate.yaml does not hold; the message has a line for each fault and says what to do. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
}

const SLASH_COMMAND = '/incident';
/** What Alertmanager's repeat_interval is where nobody set it. */
const ALERTMANAGER_REPEAT_MS = 4 * 60 * 60_000;
const WATCHDOG_GRACE_MS = 10 * 60_000;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const PROTECTED = ['kube-system', 'kube-public', 'kube-node-lease', 'firstmate'];
const OPEN_WHEN: Settings['openWhen'] = [[{ label: 'severity', op: '=', value: 'critical' }]];
/** The documents that ship with firstmate. */
const PACKAGE = resolve(import.meta.dirname, '..');

/**
 * Environment and firstmate.yaml as one frozen value. The only reader of process.env. Commands that only read
 * documents or the store do without the sources' secrets.
 * @throws ConfigFault
 */
export function loadSettings(
  environment: Environment = process.env,
  needs: { readonly secrets: boolean } = { secrets: true },
): Settings {
  const env = withFiles(environment);
  const file = configFile(env);
  const port = portOf(env.PORT, 'PORT', 3000);
  const host = env.HOST ?? '127.0.0.1';
  const clusters = clustersOf(file, env, needs);
  // Without its secrets a source would be open; a command that takes no webhooks has none.
  const sources = needs.secrets ? sourcesOf(file.config, env, clusters, host) : [];
  return Object.freeze({
    slack: slackOf(file.config, env),
    slashCommand: file.config.slashCommand ?? SLASH_COMMAND,
    clusters,
    environments: file.config.environments,
    sources,
    teams: file.config.teams,
    defaultResponder: file.config.defaultResponder,
    openWhen: file.config.openWhen ?? OPEN_WHEN,
    maintenance: file.config.maintenance,
    breakGlass: file.config.breakGlass,
    protectedNamespaces: [...new Set([...PROTECTED, ...file.config.protectedNamespaces])],
    database: env.DATABASE_URL ?? 'sqlite:firstmate.db',
    audit: {
      everyMs: file.config.audit.everyMs ?? PUBLISH_HEADS_EVERY_MS,
      headsFile:
        file.config.audit.headsFile === null ? null : resolve(file.folder, file.config.audit.headsFile),
    },
    http: {
      host,
      port,
      adminHost: '127.0.0.1',
      adminPort: portOf(env.ADMIN_PORT, 'ADMIN_PORT', port === 0 ? 0 : port + 1),
      tls:
        env.TLS_CERT_FILE !== undefined && env.TLS_KEY_FILE !== undefined
          ? { certFile: env.TLS_CERT_FILE, keyFile: env.TLS_KEY_FILE }
          : null,
    },
    folders: {
      runbooks: foldersOf(file, file.config.folders.runbooks, [join(PACKAGE, 'runbooks')]),
      policies: foldersOf(file, file.config.folders.policies, [resolve(file.folder, 'policies')]),
      services: foldersOf(file, file.config.folders.services, [resolve(file.folder, 'services')]),
    },
    limits: limitsOf(file.config.limits),
  });
}

function limitsOf(named: ConfigFile['limits']): Limits {
  const given = Object.entries(named).filter(([, value]) => value !== null);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

/** What Slack still needs, as names of environment variables; empty when it can start. */
export function missingCredentials(environment: Environment = process.env): readonly string[] {
  const env = withFiles(environment);
  const missing: string[] = [];
  if (env.SLACK_BOT_TOKEN === undefined) missing.push('SLACK_BOT_TOKEN');
  if (env.SLACK_APP_TOKEN === undefined && env.SLACK_SIGNING_SECRET === undefined) {
    missing.push('SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)');
  }
  return missing;
}

/**
 * Settings for the demo: they point at the embedded servers and at nothing else, and read no environment.
 * Its waits are short, so that a newcomer sees the end.
 */
export function demoSettings(world: {
  readonly database: string;
  readonly cluster: {
    readonly name: string;
    readonly kubeconfig: string;
    /** Its Prometheus' address, where it has one. */
    readonly prometheus?: string;
  };
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string };
}): Settings {
  const team = (name: string) => ({ name, slackGroup: name, members: [], oncall: null });
  const { name, kubeconfig, prometheus = null } = world.cluster;
  const settings: Settings = {
    slack: { ...world.slack, signingSecret: null, incidentsChannel: 'incidents', command: SLASH_COMMAND },
    slashCommand: SLASH_COMMAND,
    clusters: [
      {
        name,
        access: { kubeconfig },
        context: name,
        writeContext: `${name}-writer`,
        writeToken: null,
        environment: null,
        alertmanagerUrl: null,
        prometheus: prometheus === null ? null : { url: prometheus, token: null },
        allowExecAuth: false,
      },
    ],
    environments: [],
    sources: [{ name: 'default', kind: 'alertmanager', cluster: { name }, secret: null, repeats: null }],
    teams: ['sre-leads', 'checkout-oncall', 'orders-oncall'].map(team),
    defaultResponder: 'sre-leads',
    openWhen: OPEN_WHEN,
    protectedNamespaces: PROTECTED,
    breakGlass: { teams: ['sre-leads'], minutes: 15, mostMinutes: 60 },
    maintenance: [],
    database: `sqlite:${world.database}`,
    audit: { everyMs: PUBLISH_HEADS_EVERY_MS, headsFile: null },
    http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
    folders: shippedFolders(),
    limits: { ...DEFAULT_LIMITS, quietMs: 2_000, clearingMs: 60_000 },
  };
  return Object.freeze(settings);
}

/** The folders that hold the shipped runbooks and the demo's policies and services. */
export function shippedFolders(): Settings['folders'] {
  return {
    runbooks: [join(PACKAGE, 'runbooks')],
    policies: [join(PACKAGE, 'policies')],
    services: [join(PACKAGE, 'services')],
  };
}

export function shippedFile(name: string): string {
  return join(PACKAGE, name);
}

/** Each `NAME_FILE=path` gives NAME, as container platforms mount secrets. */
function withFiles(environment: Environment): Environment {
  const env: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== '') env[name] = value;
  for (const [name, path] of Object.entries(env)) {
    if (!name.endsWith('_FILE') || name.startsWith('TLS_') || path === undefined) continue;
    const target = name.slice(0, -'_FILE'.length);
    if (!/TOKEN|SECRET|PASSWORD|KEY|DATABASE_URL/.test(target)) continue;
    try {
      env[target] = readFileSync(path, 'utf8').trim();
    } catch {
      throw new ConfigFault(`${name}: the file ${path} cannot be read`);
    }
  }
  return env;
}

type Found = { readonly config: ConfigFile; readonly folder: string };

function configFile(env: Environment): Found {
  const path = resolve(env.FIRSTMATE_CONFIG ?? 'firstmate.yaml');
  if (!existsSync(path)) {
    if (env.FIRSTMATE_CONFIG !== undefined)
      throw new ConfigFault(`FIRSTMATE_CONFIG: there is no file ${path}`);
    return { config: parsed('{}', path), folder: process.cwd() };
  }
  return {
    config: parsed(readFileSync(path, 'utf8'), env.FIRSTMATE_CONFIG ?? 'firstmate.yaml'),
    folder: dirname(path),
  };
}

function parsed(text: string, name: string): ConfigFile {
  const result = parseConfigFile(text, name);
  if (result.config === null) {
    const lines = result.faults.map(
      ({ place, says }) => `${place.file}:${place.line}:${place.column}: ${says}`,
    );
    throw new ConfigFault(lines.join('\n'));
  }
  return result.config;
}

function foldersOf(
  file: Found,
  named: readonly string[] | null,
  otherwise: readonly string[],
): readonly string[] {
  return named === null ? otherwise : named.map((folder) => resolve(file.folder, folder));
}

function slackOf(config: ConfigFile, env: Environment): SlackSettings | null {
  if (missingCredentials(env).length > 0 || env.SLACK_BOT_TOKEN === undefined) return null;
  return {
    botToken: env.SLACK_BOT_TOKEN,
    appToken: env.SLACK_APP_TOKEN ?? null,
    signingSecret: env.SLACK_SIGNING_SECRET ?? null,
    apiUrl: env.SLACK_API_URL ?? null,
    incidentsChannel: config.incidentsChannel ?? 'incidents',
    command: config.slashCommand ?? SLASH_COMMAND,
  };
}

/** Without a list: the one cluster that KUBECONFIG, the home directory or the pod we run in names. */
function clustersOf(
  { config, folder }: Found,
  env: Environment,
  needs: { readonly secrets: boolean },
): readonly ClusterSettings[] {
  const kubeconfig =
    env.KUBECONFIG ?? (env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config'));
  const inPod = env.KUBERNETES_SERVICE_HOST !== undefined;
  const listed = config.clusters.map((cluster): ClusterSettings => {
    const path = cluster.kubeconfig === null ? kubeconfig : resolve(folder, cluster.kubeconfig);
    return {
      name: cluster.name,
      access: cluster.inCluster || path === undefined ? 'in-cluster' : { kubeconfig: path },
      context: cluster.kubeconfigContext,
      writeContext: cluster.writeContext,
      writeToken: cluster.writeToken,
      environment: cluster.environment,
      alertmanagerUrl: cluster.alertmanagerUrl,
      prometheus: prometheusOf(cluster, env, needs),
      allowExecAuth: cluster.allowExecAuth,
    };
  });
  if (listed.length > 0) return listed;
  const only = {
    context: null,
    writeContext: null,
    writeToken: null,
    environment: null,
    alertmanagerUrl: null,
    prometheus: null,
    allowExecAuth: false,
  };
  if (env.KUBECONFIG !== undefined)
    return [{ name: 'default', access: { kubeconfig: env.KUBECONFIG }, ...only }];
  if (inPod) return [{ name: 'default', access: 'in-cluster', ...only }];
  return kubeconfig !== undefined && existsSync(kubeconfig)
    ? [{ name: 'default', access: { kubeconfig }, ...only }]
    : [];
}

/** Without the token that it names a server would answer 401 in the middle of an incident: told at the start. */
function prometheusOf(
  { name, prometheusUrl, prometheusTokenEnv }: ConfigFile['clusters'][number],
  env: Environment,
  needs: { readonly secrets: boolean },
): ClusterSettings['prometheus'] {
  if (prometheusUrl === null) return null;
  const token = prometheusTokenEnv === null ? null : (env[prometheusTokenEnv] ?? null);
  if (needs.secrets && prometheusTokenEnv !== null && token === null) {
    throw new ConfigFault(
      `The cluster ${name} needs the token for its Prometheus in ${prometheusTokenEnv} (or ${prometheusTokenEnv}_FILE)`,
    );
  }
  return { url: prometheusUrl, token };
}

function sourcesOf(
  config: ConfigFile,
  env: Environment,
  clusters: readonly ClusterSettings[],
  host: string,
): readonly SourceSettings[] {
  const only = clusters.length === 1 ? clusters[0]?.name : undefined;
  const listed =
    config.sources.length > 0
      ? config.sources
      : only === undefined
        ? []
        : [
            {
              name: 'default',
              kind: 'alertmanager' as const,
              cluster: { name: only },
              secretEnv: null,
              repeatMs: null,
              watchdogMs: null,
            },
          ];
  return listed.map(({ name, kind, cluster, secretEnv, repeatMs, watchdogMs }) => {
    if ('name' in cluster && !clusters.some((known) => known.name === cluster.name)) {
      throw new ConfigFault(
        `firstmate.yaml: the source ${name} names the cluster ${cluster.name}, which is not listed`,
      );
    }
    const secret = secretEnv === null ? null : (env[secretEnv] ?? null);
    if (secretEnv !== null && secret === null) {
      throw new ConfigFault(`The source ${name} needs its secret in ${secretEnv} (or ${secretEnv}_FILE)`);
    }
    if (secret === null && !LOOPBACK.has(host)) {
      throw new ConfigFault(
        `The source ${name} has no secret, and HOST=${host} is open to others. Give it secret_env in firstmate.yaml`,
      );
    }
    return { name, kind, cluster, secret, repeats: repeatsOf(kind, repeatMs, watchdogMs) };
  });
}

/** A pager tells of a change and keeps quiet in between; the others repeat. */
function repeatsOf(
  kind: SourceSettings['kind'],
  repeatMs: number | null,
  watchdogMs: number | null,
): SourceSettings['repeats'] {
  if (kind === 'pagerduty') return null;
  const alertMs = repeatMs ?? ALERTMANAGER_REPEAT_MS;
  return { alertMs, watchdogMs: watchdogMs ?? alertMs + WATCHDOG_GRACE_MS };
}

function portOf(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigFault(`${name}=${text} is not a port`);
  return port;
}
