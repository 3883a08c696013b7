import type { PlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { tokenOf } from './clients.ts';
import type { Exchange } from './conformance.ts';
import type { Translation } from './conformance-translation.ts';

/**
 * What the recorder and the cluster's own components wrote between the recorded exchanges without it being recorded:
 * worked out from what the watches saw, from the objects that later exchanges name, and from the state they show.
 */
type Write = { method: string; path: string; body?: unknown; type?: string };

const MERGE_PATCH = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const CONFIGMAPS = '/api/v1/namespaces/shop/configmaps';
const FRONTEND = '/apis/apps/v1/namespaces/shop/deployments/frontend';
const CART_DB_1 = '/api/v1/namespaces/shop/pods/cart-db-1';

function created(metadata: object, data: object = { k: 'v' }): Write {
  return { method: 'POST', path: CONFIGMAPS, body: { metadata, data } };
}

function replaced(name: string, metadata: object, data: object): Write {
  return { method: 'PUT', path: `${CONFIGMAPS}/${name}`, body: { metadata: { name, ...metadata }, data } };
}

function scaled(replicas: number): Write {
  return { method: 'PATCH', path: `${FRONTEND}/scale`, type: MERGE_PATCH, body: { spec: { replicas } } };
}

function frontendStatus(status: object): Write {
  return { method: 'PATCH', path: `${FRONTEND}/status`, type: STRATEGIC_PATCH, body: { status } };
}

function available(status: string, reason: string, message: string) {
  return { conditions: [{ type: 'Available', status, reason, message }] };
}

const AVAILABLE = available('True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.');
const UNAVAILABLE = available(
  'False',
  'MinimumReplicasUnavailable',
  'Deployment does not have minimum availability.',
);

/** A scale to three and back, with the deployment controller's reports as the rows of the watch tell them. */
const FRONTEND_SCALED: Write[] = [
  scaled(3),
  frontendStatus({ observedGeneration: 2, unavailableReplicas: 1, ...UNAVAILABLE }),
  frontendStatus({ replicas: 3 }),
  frontendStatus({ updatedReplicas: 3 }),
  frontendStatus({ readyReplicas: 3, availableReplicas: 3, unavailableReplicas: null, ...AVAILABLE }),
  scaled(2),
  frontendStatus({ observedGeneration: 3 }),
  frontendStatus({
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    terminatingReplicas: 1,
  }),
  frontendStatus({ terminatingReplicas: 0 }),
];

type Event = { type: string; object: { metadata: Record<string, unknown>; spec: Record<string, unknown> } };

/** The replacement of a StatefulSet's pod: deleted, ended by its kubelet, made anew, bound, and run. */
function podReplaced(exchange: Exchange): Write[] {
  const events = exchange.response.body as (Event & { object: { status: unknown } })[];
  const added = events.find(({ type }) => type === 'ADDED');
  const reports = events.slice(-2).map(({ object }) => object.status);
  const { name, generateName, labels, ownerReferences } = added?.object.metadata ?? {};
  const { hostname, subdomain } = added?.object.spec ?? {};
  const [redis] = (added?.object.spec.containers ?? []) as { name: string; image: string; ports: unknown }[];
  const container = { name: redis?.name, image: redis?.image, ports: redis?.ports };
  const body = {
    metadata: { name, generateName, labels, ownerReferences },
    spec: { containers: [container], hostname, subdomain },
  };
  return [
    { method: 'DELETE', path: CART_DB_1 },
    { method: 'DELETE', path: CART_DB_1, body: { gracePeriodSeconds: 0 } },
    { method: 'POST', path: '/api/v1/namespaces/shop/pods', body },
    {
      method: 'POST',
      path: `${CART_DB_1}/binding`,
      body: { metadata: { name: 'cart-db-1' }, target: { kind: 'Node', name: 'fake-node-1' } },
    },
    ...reports.map((value) => ({
      method: 'PATCH',
      path: `${CART_DB_1}/status`,
      type: JSON_PATCH,
      body: [{ op: 'replace', path: '/status', value }],
    })),
  ];
}

function writesDuring(exchange: Exchange): Write[] {
  switch (exchange.id) {
    case 'watch-001':
      return [
        created({ name: 'watch-demo' }),
        replaced('watch-demo', {}, { k: 'v2' }),
        { method: 'DELETE', path: `${CONFIGMAPS}/watch-demo` },
      ];
    case 'watch-005':
      return [
        created({ name: 'sel-demo', labels: { pick: 'yes' } }),
        replaced('sel-demo', { labels: { pick: 'yes' } }, { k: '2' }),
        replaced('sel-demo', { labels: { pick: 'no' } }, { k: '2' }),
        { method: 'DELETE', path: `${CONFIGMAPS}/sel-demo` },
      ];
    case 'watch-006':
      return podReplaced(exchange);
    case 'watch-007':
      return FRONTEND_SCALED;
    default:
      return [];
  }
}

async function write(cluster: PlaygroundCluster, { method, path, body, type }: Write): Promise<void> {
  const answer = await fetch(`${cluster.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokenOf(cluster, 'recorded-admin')}`,
      'content-type': type ?? 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Makes the writes that an open watch is to see. */
export async function writeDuring(cluster: PlaygroundCluster, exchange: Exchange): Promise<void> {
  for (const one of writesDuring(exchange)) await write(cluster, one);
}

/** A watch from a version that the recorder had just listed at starts at the present one. */
export async function startNow(
  cluster: PlaygroundCluster,
  exchange: Exchange,
  translation: Translation,
): Promise<void> {
  const recorded = /resourceVersion=(\d+)/.exec(exchange.request.path)?.[1];
  if (recorded === undefined || writesDuring(exchange).length === 0) return;
  const list = await read(cluster, `${CONFIGMAPS}?limit=1`);
  translation.version(recorded, String(list.metadata.resourceVersion));
}

type Named = { metadata: { name: string; resourceVersion: string } };

async function read(cluster: PlaygroundCluster, path: string): Promise<Named & { items: Named[] }> {
  const authorization = `Bearer ${tokenOf(cluster, 'recorded-admin')}`;
  const answer = await fetch(`${cluster.url}${path}`, { headers: { authorization } });
  return (await answer.json()) as Named & { items: Named[] };
}

const NEW_POD = 'checkout-5494fb79dc-mvgnj';
const CHECKOUT_PODS = '/api/v1/namespaces/shop/pods?labelSelector=pod-template-hash%3D5494fb79dc';
const KNOWN_PODS = ['checkout-5494fb79dc-qp76n', 'checkout-5494fb79dc-v2vgf', 'checkout-5494fb79dc-zrm2j'];

const WRITES_BEFORE: Record<string, Write[]> = {
  'writes-083': [created({ name: 'body-wins' })],
  'writes-085': [created({ name: 'body-empty' })],
  'writes-120': [
    created({ name: 'dc-1', labels: { grp: 'dc' } }),
    created({ name: 'dc-2', labels: { grp: 'dc' } }),
  ],
};

/** The controllers' turn: they work until they rest, and the clock moves on by `ms`. */
export type Turn = (ms: number) => void;

/** How long the controllers had before an exchange, in ms; before the others the recorder did not wait for them. */
const TURNS: Record<string, number> = {
  'writes-031': 0,
  'writes-034': 5_000,
  'writes-050': 5_000,
  'writes-055': 0,
  'writes-072': 5_000,
  'writes-091': 0,
  'writes-092': 5_000,
  'writes-100': 0,
  'writes-103': 0,
};

/** Brings the cluster to where the recorder had brought it before an exchange of the groups that write. */
export async function prepare(
  cluster: PlaygroundCluster,
  exchange: Exchange,
  translation: Translation,
  turn: Turn,
): Promise<void> {
  if (exchange.id === 'writes-001') {
    for (const replicas of [3, 2]) {
      await write(cluster, scaled(replicas));
      turn(5_000);
    }
  }
  const ms = TURNS[exchange.id];
  if (ms !== undefined) turn(ms);
  for (const one of WRITES_BEFORE[exchange.id] ?? []) await write(cluster, one);
  if (exchange.id === 'writes-091') {
    const { items } = await read(cluster, CHECKOUT_PODS);
    const pod = items.find(({ metadata }) => !KNOWN_PODS.includes(metadata.name));
    if (pod !== undefined) translation.name(NEW_POD, pod.metadata.name);
  }
}
