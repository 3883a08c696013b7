/** What a container really takes: CPU in cores, memory in bytes. */
export type Usage = { cpu: number; memory: number };

/** A machine on which the kubelet no longer answers; its node turns Unknown until it is back. */
export type MachineOutage = { since: number; until: number | undefined };

/** An attempt of a controller that was refused, and when it tries again; a changed `key` tries at once. */
export type Retry = { key: string; at: number; delayMs: number };

/**
 * What is so in the simulated cluster and no object of the API says: load, full disks, dead machines, the hosts of
 * etcd, certificates. Scenarios set it, controllers and metrics follow it.
 */
export type Facts = {
  /** What each container of an app takes, by `namespace/app` (the pods' label `app` or `k8s-app`, or a pod's name). */
  readonly usage: Map<string, Usage>;
  /** The CPU in cores that an app's pods share among them, by `namespace/app`. */
  readonly demand: Map<string, number>;
  /** Bytes used on the volume of a claim, by `namespace/claim`. */
  readonly volumes: Map<string, number>;
  readonly outages: Map<string, MachineOutage>;
  /** Members of etcd that do not answer; it runs on three hosts of its own. */
  readonly etcdDown: Set<string>;
  /** Pods, by UID, that ask the API server for everything over and over. */
  readonly relisting: Set<string>;
  /** When each client certificate ends, in ms, by the Secret `namespace/name` and the data that hold it. */
  readonly certificates: Map<string, { data: string; notAfter: number }>;
  readonly retries: Map<string, Retry>;
};

export const ETCD_MEMBERS = ['192.0.2.5:2379', '192.0.2.6:2379', '192.0.2.7:2379'] as const;

export function newFacts(): Facts {
  return {
    usage: new Map(),
    demand: new Map(),
    volumes: new Map(),
    outages: new Map(),
    etcdDown: new Set(),
    relisting: new Set(),
    certificates: new Map(),
    retries: new Map(),
  };
}

/** Whether etcd takes writes: more than half of its members answer. */
export function hasQuorum(facts: Facts): boolean {
  return ETCD_MEMBERS.length - facts.etcdDown.size > ETCD_MEMBERS.length / 2;
}
