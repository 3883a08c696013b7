import { createHash } from 'node:crypto';

/** What is really wrong; a bot that tells people more problems than these tells too many. */
export const CAUSES = ['control_plane', 'node', 'workload'] as const;
export type StormCause = (typeof CAUSES)[number];

/** Milliseconds since the storm began. `to` is null for one that fires to the end. */
export type Life = { readonly from: number; readonly to: number | null };
export type StormAlert = {
  readonly fingerprint: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  /** One, or two for one that resolves and fires again. */
  readonly lives: readonly [Life, ...Life[]];
};
/** What Alertmanager tells together: `group_by: [namespace, alertname]`. */
export type StormGroup = {
  readonly cause: StormCause;
  readonly groupLabels: { readonly namespace: string; readonly alertname: string };
  readonly alerts: readonly StormAlert[];
};

export type StormSize = {
  readonly groups: number;
  readonly alertsPerGroup: number;
  readonly durationMs: number;
};

/** Of every so many groups one is the bad workload's, and the next so many are the broken node's. */
const CAUSE_EVERY = 25;
const NODE_SHARE = 8;
/** Until then new alerts come; then some end, and half of those fire again. */
const GROWS_UNTIL = 0.83;
const ENDS_UNTIL = 0.92;
const ENDING_SHARE = 0.1;

/** The same storm for the same size, whenever it is asked for: 32 of 50 alerts are the control plane's. */
export function storm({ groups, alertsPerGroup, durationMs }: StormSize): readonly StormGroup[] {
  const count = { control_plane: 0, node: 0, workload: 0 };
  return Array.from({ length: groups }, (_, number) => {
    const cause = causeOf(number);
    const index = count[cause]++;
    const { namespace, kind } = KINDS_OF[cause](index);
    // The control plane goes first, the others follow.
    const begins = (CAUSES.indexOf(cause) + fraction(`begins ${number}`) * 2) / 12;
    return {
      cause,
      groupLabels: { namespace, alertname: kind.alertname },
      alerts: Array.from({ length: alertsPerGroup }, (_, one) =>
        alertOf(namespace, kind, one, livesOf(`${number} ${one}`, begins, durationMs)),
      ),
    };
  });
}

/** The fingerprints that fire at the end. */
export function firingAtTheEnd(groups: readonly StormGroup[]): ReadonlySet<string> {
  const alerts = groups.flatMap((group) => group.alerts);
  return new Set(
    alerts.filter(({ lives }) => lives.at(-1)?.to === null).map(({ fingerprint }) => fingerprint),
  );
}

function causeOf(number: number): StormCause {
  const place = number % CAUSE_EVERY;
  return place === 0 ? 'workload' : place <= NODE_SHARE ? 'node' : 'control_plane';
}

function livesOf(name: string, begins: number, durationMs: number): StormAlert['lives'] {
  const at = (share: number): number => Math.round(share * durationMs);
  const between = (from: number, to: number, what: string): number =>
    from + (to - from) * fraction(`${what} ${name}`);
  const from = at(between(begins, GROWS_UNTIL, 'from'));
  const fate = fraction(`fate ${name}`);
  if (fate >= ENDING_SHARE) return [{ from, to: null }];
  const first = { from, to: at(between(GROWS_UNTIL, ENDS_UNTIL, 'to')) };
  return fate < ENDING_SHARE / 2
    ? [first]
    : [first, { from: at(between(ENDS_UNTIL + 0.01, 1, 'again')), to: null }];
}

type Kind = {
  readonly alertname: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly labels: (number: number) => { readonly [name: string]: string };
};

function kind(alertname: string, severity: Kind['severity'], labels: Kind['labels']): Kind {
  return { alertname, severity, labels };
}

const pod = (workload: string) => (number: number) => ({
  pod: `${workload}-${generated(`rs ${workload}`, 9)}-${generated(`${workload} ${number}`, 5)}`,
});
const container = (workload: string) => (number: number) => ({ ...pod(workload)(number), container: 'app' });
const instance = (number: number): string => `192.0.2.${2 + (number % 3)}:2379`;

const ETCD_AND_API: readonly Kind[] = [
  kind('etcdGRPCRequestsSlow', 'critical', (n) => ({
    job: 'etcd',
    instance: instance(n),
    grpc_method: `M${n}`,
  })),
  kind('KubeAPIErrorBudgetBurn', 'critical', (n) => ({ job: 'apiserver', resource: `resource-${n}` })),
  kind('etcdHighNumberOfFailedGRPCRequests', 'warning', (n) => ({
    job: 'etcd',
    instance: instance(n),
    grpc_method: `M${n}`,
  })),
  kind('KubeAPITerminatedRequests', 'warning', (n) => ({ job: 'apiserver', resource: `resource-${n}` })),
];
const BEHIND_THE_API: readonly Kind[] = [
  kind('ServiceErrorBudgetBurn', 'critical', (n) => ({
    service: `service-${n}`,
    deployment: `service-${n}`,
  })),
  kind('KubeDeploymentReplicasMismatch', 'warning', (n) => ({ deployment: `service-${n}` })),
  kind('KubePodNotReady', 'warning', (n) => pod(`service-${n}`)(n)),
  kind('TargetDown', 'warning', (n) => ({ job: `service-${n}`, service: `service-${n}` })),
];
const NODE = 'node-c';
const OF_THE_NODE: readonly Kind[] = [
  kind('NodeFilesystemAlmostOutOfSpace', 'critical', (n) => ({ node: NODE, mountpoint: `/mnt/${n}` })),
  kind('KubeletPlegDurationHigh', 'warning', (n) => ({ node: NODE, quantile: `0.${n}` })),
  kind('NodeNetworkReceiveErrs', 'warning', (n) => ({ node: NODE, device: `veth${n}` })),
  kind('CPUThrottlingHigh', 'info', (n) => container(`agent-${n}`)(n)),
];
const ON_THE_NODE: readonly Kind[] = [
  kind('KubePodNotReady', 'warning', (n) => ({ ...pod(`worker-${n % 20}`)(n), node: NODE })),
  kind('KubePodCrashLooping', 'warning', (n) => ({ ...container(`worker-${n % 20}`)(n), node: NODE })),
  kind('KubeContainerWaiting', 'warning', (n) => ({ ...container(`worker-${n % 20}`)(n), node: NODE })),
  kind('QueueNotConsumed', 'critical', (n) => ({
    ...pod(`worker-${n % 20}`)(n),
    node: NODE,
    queue: `q${n}`,
  })),
];
const OF_CHECKOUT: readonly Kind[] = [
  kind('KubePodCrashLooping', 'warning', container('checkout')),
  kind('CheckoutErrorRateHigh', 'critical', pod('checkout')),
  kind('KubePodNotReady', 'warning', pod('checkout')),
  kind('KubeContainerWaiting', 'warning', container('checkout')),
  kind('CheckoutLatencyHigh', 'critical', pod('checkout')),
  kind('CPUThrottlingHigh', 'info', container('checkout')),
  kind('CheckoutQueueGrowing', 'warning', pod('checkout')),
  kind('CheckoutConnectionsLeak', 'warning', pod('checkout')),
];

type Place = { readonly namespace: string; readonly kind: Kind };

/** Where the n-th group of a cause belongs: a namespace has each kind once. */
const KINDS_OF: { readonly [C in StormCause]: (index: number) => Place } = {
  control_plane: (index) =>
    placeIn(index, (n) => (n === 0 ? ['kube-system', ETCD_AND_API] : [`team-${n}`, BEHIND_THE_API])),
  node: (index) =>
    placeIn(index, (n) => (n === 0 ? ['monitoring', OF_THE_NODE] : [`batch-${n}`, ON_THE_NODE])),
  workload: (index) => placeIn(index, (n) => [n === 0 ? 'shop' : `shop-${n}`, OF_CHECKOUT]),
};

function placeIn(index: number, at: (number: number) => readonly [string, readonly Kind[]]): Place {
  const perNamespace = at(0)[1].length;
  const [namespace, kinds] = at(Math.floor(index / perNamespace));
  const found = kinds[index % perNamespace];
  if (found === undefined) throw new Error(`${namespace} has fewer kinds than the first namespace`);
  return { namespace, kind: found };
}

function alertOf(
  namespace: string,
  { alertname, severity, labels: own }: Kind,
  number: number,
  lives: StormAlert['lives'],
): StormAlert {
  const labels = { alertname, severity, namespace, prometheus: 'monitoring/k8s', ...own(number) };
  const summary = `${alertname} in ${namespace}`;
  return {
    fingerprint: createHash('sha1').update(JSON.stringify(labels)).digest('hex').slice(0, 16),
    labels,
    annotations: {
      summary,
      description: `${summary}: ${Object.values(own(number)).join(' ')} has been so for a while.`,
      runbook_url: `https://runbooks.prometheus-operator.dev/runbooks/kubernetes/${alertname.toLowerCase()}`,
    },
    lives,
  };
}

/** Between 0 and 1, by the text alone. */
export function fraction(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32;
}

/** As Kubernetes makes the ends of names (k8s.io/apimachinery/pkg/util/rand). */
function generated(text: string, length: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...createHash('sha1').update(text).digest().subarray(0, length)]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}
