import type { BreakGlassRules } from './break-glass.ts';
import type { Environment } from './environment.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import type { Matcher } from './runbook.ts';
import type { Team } from './team.ts';

/** Who sends alerts; each kind has its file in ingest/. */
export const SOURCE_KINDS = ['alertmanager', 'pagerduty', 'grafana'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** A sender of alerts, bound to one cluster or to a label that names it. */
export type SourceSettings = {
  readonly name: string;
  readonly kind: SourceKind;
  readonly cluster: { readonly name: string } | { readonly label: string };
  /** What the sender shows as a bearer token or as the basic auth password, or signs with; null only on loopback. */
  readonly secret: string | null;
  /** How often it tells again what fires, and a Watchdog; null: it does not repeat. Milliseconds. */
  readonly repeats: { readonly alertMs: number; readonly watchdogMs: number } | null;
};

/** The one service account whose tokens are minted (TokenRequest), and how long they are asked for. */
export type WriteToken = {
  readonly serviceAccount: string;
  readonly namespace: string;
  /** 10 at least: the API server gives none for less. */
  readonly minutes: number;
};

export type ClusterSettings = {
  readonly name: string;
  /** A kubeconfig's path, or the service account of the pod we run in. */
  readonly access: { readonly kubeconfig: string } | 'in-cluster';
  /** Null: the kubeconfig's current context. */
  readonly context: string | null;
  /** The identity for rehearsals and writes; null: the reading one does both. */
  readonly writeContext: string | null;
  /** Null: the writing identity's own credential. Else a token of this account, minted anew for each plan. */
  readonly writeToken: WriteToken | null;
  /** The name of one of `environments`. */
  readonly environment: string | null;
  /** Where its Alertmanager's API is, to read silences; null: silences are not looked at. */
  readonly alertmanagerUrl: string | null;
  /** Where its metrics are asked for; null where safety checks that need them deny. */
  readonly prometheus: MetricsSettings | null;
  /** Whether the kubeconfig's credential plugin may be run. */
  readonly allowExecAuth: boolean;
};

/** A server with Prometheus' HTTP API. `token` is shown as a bearer token. */
export type MetricsSettings = { readonly url: string; readonly token: string | null };

export type SlackSettings = {
  readonly botToken: string;
  /** Socket Mode when present, else HTTP with the signing secret. */
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly apiUrl: string | null;
  /** A channel's name or id. */
  readonly incidentsChannel: string;
  readonly command: string;
};

/** How long things take and how large they may be; milliseconds and bytes. */
export type Limits = {
  readonly bodyBytes: number;
  readonly stepTimeoutMs: number;
  readonly investigationMs: number;
  readonly readsPerIncident: number;
  readonly readsPerCluster: number;
  readonly responseBytes: number;
  /** How long no alert may fire before an incident is looked at for its end. */
  readonly quietMs: number;
  readonly planValidMs: number;
  /** How long after a change the alerts may still fire before it counts as failed. */
  readonly clearingMs: number;
  /** How long after its end the same problem opens an incident again. */
  readonly reopenMs: number;
  /** A write's own deadline; what shows no mark after it and a margin did not arrive. */
  readonly writeTimeoutMs: number;
  /** How long the diagnosis waits for the channel, so that people see it arrive. */
  readonly channelGraceMs: number;
  /** With so many deliveries waiting to be handled, the next is not taken: its sender tries again. */
  readonly inboxDeliveries: number;
};

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 2 * 1024 * 1024,
  stepTimeoutMs: 10_000,
  investigationMs: 120_000,
  readsPerIncident: 4,
  readsPerCluster: 8,
  responseBytes: 8 * 1024 * 1024,
  quietMs: 15 * 60_000,
  planValidMs: 30 * 60_000,
  clearingMs: 15 * 60_000,
  reopenMs: 60 * 60_000,
  writeTimeoutMs: 10_000,
  channelGraceMs: 3_000,
  inboxDeliveries: 20_000,
};

export const PUBLISH_HEADS_EVERY_MS = 60 * 60_000;

/** All that is configured, frozen at the start. */
export type Settings = {
  readonly slack: SlackSettings | null;
  /** The one root command; the app's manifest has to have it too. */
  readonly slashCommand: string;
  readonly clusters: readonly ClusterSettings[];
  readonly environments: readonly Environment[];
  readonly sources: readonly SourceSettings[];
  readonly teams: readonly Team[];
  /** A team's name: asked where nobody owns the service. */
  readonly defaultResponder: string | null;
  /** Any line; all matchers of a line. */
  readonly openWhen: readonly (readonly Matcher[])[];
  readonly protectedNamespaces: readonly string[];
  /** Null: nobody may break the glass. */
  readonly breakGlass: BreakGlassRules | null;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly database: string;
  /** How often the ledger's head is published, and the file that gets every checkpoint; null: no file. */
  readonly audit: { readonly everyMs: number; readonly headsFile: string | null };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly adminHost: string;
    readonly adminPort: number;
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  };
  /** Each read in order; later ones add to earlier ones. */
  readonly folders: {
    readonly runbooks: readonly string[];
    readonly policies: readonly string[];
    readonly services: readonly string[];
  };
  readonly limits: Limits;
};
