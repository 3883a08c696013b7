import type { JsonObject } from '../json.ts';
import { CANARY, deployment, namespace, service, statefulSet } from './manifests.ts';

/** Short, so that a demo need not wait ten minutes to see a rollout called stuck. */
const DEMO_DEADLINE_SECONDS = 3;

export function checkoutImage(version: string): string {
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

export const SHOP: JsonObject[] = [
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
  ...['checkout', 'orders', 'catalog', 'orders-db'].map((name) => service({ namespace: 'shop', name })),
  statefulSet({
    namespace: 'shop',
    name: 'orders-db',
    image: 'registry.example/shop/postgres:17.5',
    team: 'shop',
    storage: '10Gi',
    storageClassName: 'standard',
  }),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'catalog', namespace: 'shop', labels: { app: 'catalog' } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'catalog' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  },
];

export const PAYMENTS: JsonObject[] = [
  deployment({
    namespace: 'payments',
    name: 'api',
    replicas: 2,
    image: 'registry.example/payments/api:3.1.4',
    team: 'payments',
    changeCause: 'release 3.1.4',
  }),
  service({ namespace: 'payments', name: 'api' }),
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'payments', namespace: 'payments', labels: { team: 'payments' } },
    spec: { hard: { pods: '20', 'requests.cpu': '4', 'requests.memory': '1Gi' } },
  },
];

export const TOOLS: JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'inventory-sync-client', namespace: 'tools', labels: { app: 'inventory-sync' } },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': `certificate of ${CANARY}`, 'tls.key': `key of ${CANARY}` },
  },
  deployment({
    namespace: 'tools',
    name: 'inventory-sync',
    replicas: 1,
    image: 'registry.example/tools/inventory-sync:0.7.1',
    team: 'shop',
    changeCause: 'release 0.7.1',
  }),
];

const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
}
`;

export const SYSTEM: JsonObject[] = [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'standard',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'csi.example.com',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  },
  system('coredns', { apiVersion: 'v1', kind: 'ConfigMap', data: { Corefile: COREFILE } }),
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
  system('calico-node', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    spec: {
      selector: { matchLabels: { 'k8s-app': 'calico-node' } },
      template: systemTemplate('calico-node', 'registry.example/system/calico-node:v3.30.3', [
        { operator: 'Exists' },
      ]),
    },
    status: { desiredNumberScheduled: 0 },
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

export const NAMESPACES = [
  namespace('default'),
  namespace('kube-system'),
  namespace('shop', { team: 'shop', env: 'prod' }),
  namespace('tools', { team: 'shop', env: 'prod' }),
  namespace('payments', { team: 'payments', env: 'prod' }),
];
