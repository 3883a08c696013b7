import type { SourceKind, WriteToken } from '../core/settings.ts';

export type SourceEntry = {
  readonly name: string;
  readonly kind: SourceKind;
  readonly cluster: { readonly name: string } | { readonly label: string };
  /** The environment variable that holds the secret. */
  readonly secretEnv: string | null;
  /** Milliseconds; null where the file does not say. */
  readonly repeatMs: number | null;
  readonly watchdogMs: number | null;
};

export type ClusterEntry = {
  readonly name: string;
  /** A path as written, relative to the file. */
  readonly kubeconfig: string | null;
  readonly kubeconfigContext: string | null;
  readonly inCluster: boolean;
  readonly writeContext: string | null;
  readonly writeToken: WriteToken | null;
  readonly prometheusUrl: string | null;
  /** The environment variable that holds its bearer token. */
  readonly prometheusTokenEnv: string | null;
  readonly alertmanagerUrl: string | null;
  readonly argocdUrl: string | null;
  readonly environment: string | null;
  readonly allowExecAuth: boolean;
};

export type TeamEntry = {
  readonly name: string;
  readonly slackGroup: string | null;
  readonly members: readonly string[];
  readonly oncall: string | null;
};

/** Milliseconds and bytes; null where the file does not say. */
export type LimitEntries = {
  readonly bodyBytes: number | null;
  readonly responseBytes: number | null;
  readonly readsPerIncident: number | null;
  readonly readsPerCluster: number | null;
  readonly stepTimeoutMs: number | null;
  readonly investigationMs: number | null;
  readonly quietMs: number | null;
  readonly planValidMs: number | null;
  readonly channelGraceMs: number | null;
  readonly clearingMs: number | null;
  readonly reopenMs: number | null;
  readonly writeTimeoutMs: number | null;
  readonly inboxDeliveries: number | null;
};

/** Milliseconds, and a path as written, relative to the file; null where the file does not say. */
export type AuditEntries = { readonly everyMs: number | null; readonly headsFile: string | null };
