import type { Labels } from './alert.ts';
import type { BurnRate } from './burn-rate.ts';
import type { Severity } from './severity.ts';

export type AvailabilityObjective = {
  /** Per cent. */
  readonly objective: number;
  readonly windowMs: number;
  /** PromQL that gives the share of good events over the window, as one number; null where nobody wrote one. */
  readonly indicator: { readonly query: string; readonly unit: 'ratio' | 'percent' } | null;
  readonly alertPolicies: readonly {
    readonly fastBurn: BurnRate | null;
    readonly slowBurn: BurnRate | null;
  }[];
};

/** One entry of the service catalogue (services/*.yaml). `owner` is a team's name. */
export type Service = {
  readonly name: string;
  readonly owner: string;
  readonly runtime: string | null;
  readonly file: string;
  readonly channel: string;
  readonly runbook: string;
  /** Its availability objective, where it has one. */
  readonly availability: AvailabilityObjective | null;
  readonly severityMapping: readonly { readonly condition: string; readonly severity: Severity }[];
};

const WORKLOAD_LABELS = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job_name'] as const;
// The alphabet of names that Kubernetes generates: k8s.io/apimachinery/pkg/util/rand.
const GENERATED = '[bcdfghjklmnpqrstvwxz2456789]';
const REPLICA_SET_POD = new RegExp(`^(.+)-${GENERATED}{6,10}-${GENERATED}{5}$`);
const STATEFUL_SET_POD = /^(.+)-\d+$/;
const DAEMON_SET_POD = new RegExp(`^(.+)-${GENERATED}{5}$`);

/** The workload that an alert's labels speak of, null where they do not say. A pod's name is read as its owner made it. */
export function workloadOf(labels: Labels): string | null {
  for (const label of WORKLOAD_LABELS) {
    const name = labels[label];
    if (name !== undefined && name !== '') return name;
  }
  const pod = labels.pod;
  if (pod === undefined) return null;
  for (const pattern of [REPLICA_SET_POD, STATEFUL_SET_POD, DAEMON_SET_POD]) {
    const owner = pattern.exec(pod)?.[1];
    if (owner !== undefined) return owner;
  }
  return null;
}

/** The service an alert belongs to: by its workload, its `service` or `app` label, else its namespace; by name. */
export function serviceOf(labels: Labels, services: readonly Service[]): Service | null {
  for (const name of [workloadOf(labels), labels.service, labels.app, labels.namespace]) {
    const service = services.find((candidate) => candidate.name === name);
    if (service !== undefined) return service;
  }
  return null;
}
