import { CONTROLLERS } from '../controllers/all.ts';
import { putSpec } from '../controllers/objects.ts';
import type { JsonObject } from '../json.ts';
import { advance, type Simulation } from '../simulation.ts';
import { ACCESS_OBJECTS } from './access.ts';
import { create } from './create.ts';
import { CANARY, deployment, namespace, node, service } from './manifests.ts';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How long before the start the cluster was set up. */
export const WORLD_AGE_MS = 12 * DAY_MS;
/** Long enough for every rollout of the past to end. */
const ROLLOUT_MS = 30_000;
/** Short, so that a demo need not wait ten minutes to see a rollout called stuck. */
const DEMO_DEADLINE_SECONDS = 3;

function checkoutImage(version: string): string {
  return `registry.example/shop/checkout:${version}`;
}

function system(name: string, extra: JsonObject): JsonObject {
  return {
    ...extra,
    metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': name } },
  };
}

function systemTemplate(name: string, image: string, tolerations: JsonObject[]): JsonObject {
  return {
    metadata: { labels: { 'k8s-app': name } },
    spec: {
      containers: [{ name, image, resources: { requests: { cpu: '100m', memory: '70Mi' } } }],
      tolerations,
    },
  };
}

const SHOP: JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'checkout-config', namespace: 'shop', labels: { app: 'checkout' } },
    data: { LOG_LEVEL: 'info', 'feature.properties': 'discounts=true\nexpress=false\n' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'checkout-db', namespace: 'shop', labels: { app: 'checkout' } },
    type: 'Opaque',
    stringData: { username: 'checkout', password: CANARY },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'checkout', namespace: 'shop', labels: { app: 'checkout' } },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'checkout' } } },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
  deployment({
    namespace: 'shop',
    name: 'checkout',
    replicas: 3,
    image: checkoutImage('1.40.3'),
    team: 'shop',
    changeCause: 'release 1.40.3',
    progressDeadlineSeconds: DEMO_DEADLINE_SECONDS,
    envFrom: [{ configMapRef: { name: 'checkout-config' } }],
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'checkout-db', key: 'password' } } }],
  }),
  deployment({
    namespace: 'shop',
    name: 'orders',
    replicas: 4,
    image: 'registry.example/shop/orders:2.8.0',
    team: 'shop',
    changeCause: 'release 2.8.0',
    progressDeadlineSeconds: DEMO_DEADLINE_SECONDS,
  }),
  deployment({
    namespace: 'shop',
    name: 'catalog',
    replicas: 2,
    image: 'registry.example/shop/catalog:0.19.4',
    team: 'shop',
    changeCause: 'release 0.19.4',
  }),
  ...['checkout', 'orders', 'catalog'].map((name) => service({ namespace: 'shop', name })),
];

const PAYMENTS: JsonObject[] = [
  deployment({
    namespace: 'payments',
    name: 'api',
    replicas: 2,
    image: 'registry.example/payments/api:3.1.4',
    team: 'payments',
    changeCause: 'release 3.1.4',
  }),
  service({ namespace: 'payments', name: 'api' }),
];

const SYSTEM: JsonObject[] = [
  system('coredns', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'k8s-app': 'coredns' } },
      template: systemTemplate('coredns', 'registry.example/system/coredns:v1.12.1', [
        { key: 'CriticalAddonsOnly', operator: 'Exists' },
      ]),
    },
  }),
  system('kube-proxy', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
      template: systemTemplate('kube-proxy', 'registry.example/system/kube-proxy:v1.36.2', [
        { operator: 'Exists' },
      ]),
    },
    status: { desiredNumberScheduled: 0 },
  }),
];

const NAMESPACES = [
  namespace('default'),
  namespace('kube-system'),
  namespace('shop', { team: 'shop', env: 'prod' }),
  namespace('payments', { team: 'payments', env: 'prod' }),
];

/** Sets a Deployment's image and the reason that `kubectl rollout history` shows. */
export function release(
  simulation: Simulation,
  place: { namespace: string; name: string },
  image: string,
  changeCause: string,
): void {
  const { store } = simulation;
  const found = store.get('deployments', place.namespace, place.name);
  if (found === undefined)
    throw new Error(`there is no Deployment ${place.namespace}/${place.name} to release to`);
  const { template } = found.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  const annotations = { ...found.metadata.annotations, 'kubernetes.io/change-cause': changeCause };
  putSpec(
    simulation,
    'deployments',
    {
      ...found,
      metadata: { ...found.metadata, annotations },
      spec: { ...found.spec, template: { ...template, spec: { ...template.spec, containers } } },
    },
    found,
  );
}

function refreshHeartbeats({ store, clock }: Simulation): void {
  for (const one of store.list('nodes')) {
    const conditions = one.status.conditions.map((condition) => ({
      ...condition,
      lastHeartbeatTime: clock.stamp(),
    }));
    store.put('nodes', { ...one, status: { ...one.status, conditions } });
  }
}

/**
 * Builds the demo's cluster as it stands after twelve quiet days: the clock must stand WORLD_AGE_MS before the
 * start and stands at the start afterwards. `checkout` has two older revisions to go back to.
 */
export function buildWorld(simulation: Simulation): void {
  const { clock } = simulation;
  const start = clock.now() + WORLD_AGE_MS;
  const until = (time: number) => advance(simulation, CONTROLLERS, time - clock.now());
  const nodes = [0, 1, 2].map((number) => node(`node-${'abc'.charAt(number)}`, number, clock.stamp()));
  for (const manifest of [...NAMESPACES, ...nodes, ...ACCESS_OBJECTS, ...SYSTEM])
    create(simulation, manifest);
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  for (const manifest of [...SHOP, ...PAYMENTS]) create(simulation, manifest);
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  const checkout = { namespace: 'shop', name: 'checkout' };
  until(start - 5 * DAY_MS);
  release(simulation, checkout, checkoutImage('1.41.0'), 'release 1.41.0');
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  until(start - 26 * HOUR_MS);
  release(simulation, checkout, checkoutImage('1.42.0'), 'release 1.42.0');
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  until(start);
  refreshHeartbeats(simulation);
}
