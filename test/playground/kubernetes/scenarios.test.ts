import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, listOr, numberOr, textOr } from '../../../src/playground/kubernetes/json.ts';
import { SCENARIOS } from '../../../src/playground/kubernetes/scenarios/all.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { type Admin, adminOf } from './admin.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces';

type Shown = { alertname: string; [label: string]: string };

type Case = {
  /** Simulated seconds until it looks as `looks` says. */
  after: number;
  looks(admin: Admin): Promise<void>;
  /** Alerts that fire then, by some of their labels. */
  fires: Shown[];
  heals(admin: Admin, cluster: PlaygroundCluster): Promise<void>;
  /** Simulated seconds from the cure to health. */
  within: number;
};

async function items(admin: Admin, path: string): Promise<unknown[]> {
  return listOr((await admin.get(path)).items);
}

async function pods(admin: Admin, namespace: string, app: string): Promise<unknown[]> {
  const label = namespace === 'kube-system' ? 'k8s-app' : 'app';
  return items(admin, `/api/v1/namespaces/${namespace}/pods?labelSelector=${label}%3D${app}`);
}

function states(found: unknown[], list = 'containerStatuses'): string[] {
  return found
    .flatMap((pod) => listOr(at(pod, 'status', list)))
    .map((status) =>
      textOr(at(status, 'state', 'waiting', 'reason'), Object.keys(Object(at(status, 'state')))[0]),
    );
}

function lastEnds(found: unknown[]): string[] {
  return found
    .flatMap((pod) => listOr(at(pod, 'status', 'containerStatuses')))
    .map((status) => textOr(at(status, 'lastState', 'terminated', 'reason')));
}

async function reasons(admin: Admin, namespace: string, kind: string): Promise<string[]> {
  const events = await items(admin, `/api/v1/namespaces/${namespace}/events`);
  return events
    .filter((event) => at(event, 'involvedObject', 'kind') === kind)
    .map((event) => `${textOr(at(event, 'reason'))}: ${textOr(at(event, 'message'))}`);
}

async function condition(admin: Admin, path: string, type: string): Promise<string> {
  const found = listOr(at(await admin.get(path), 'status', 'conditions')).find(
    (one) => at(one, 'type') === type,
  );
  return textOr(at(found, 'status'));
}

/** Puts the template of the newest older revision back, as `kubectl rollout undo` does. */
async function undo(admin: Admin, namespace: string, name: string): Promise<void> {
  const sets = await items(admin, `${DEPLOYMENTS}/${namespace}/replicasets?labelSelector=app%3D${name}`);
  const revision = (set: unknown) =>
    Number(at(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'));
  const target = sets.toSorted((left, right) => revision(right) - revision(left))[1];
  const old = Object(at(target, 'spec', 'template', 'spec'));
  const path = `${DEPLOYMENTS}/${namespace}/deployments/${name}`;
  const absent = { initContainers: old.initContainers ?? null };
  const answer = await admin.patch(path, { spec: { template: { spec: { ...old, ...absent } } } });
  expect(answer.status).toBe(200);
}

const CASES: Record<string, Case> = {
  'bad-release': {
    after: 5,
    looks: async (admin) =>
      expect(states(await pods(admin, 'shop', 'checkout'))).toContain('CrashLoopBackOff'),
    fires: [{ alertname: 'KubeDeploymentRolloutStuck', deployment: 'checkout', severity: 'critical' }],
    heals: (admin) => undo(admin, 'shop', 'checkout'),
    within: 3,
  },
  'bad-image': {
    after: 5,
    looks: async (admin) => expect(states(await pods(admin, 'shop', 'orders'))).toContain('ImagePullBackOff'),
    fires: [{ alertname: 'KubeDeploymentReplicasMismatch', deployment: 'orders', severity: 'critical' }],
    heals: (admin) => undo(admin, 'shop', 'orders'),
    within: 3,
  },
  'crash-after-release': {
    after: 15,
    looks: async (admin) => {
      const found = await pods(admin, 'shop', 'catalog');
      expect(lastEnds(found)).toEqual(['Error', 'Error']);
      expect(await condition(admin, `${DEPLOYMENTS}/shop/deployments/catalog`, 'Progressing')).toBe('True');
    },
    fires: [
      {
        alertname: 'KubePodCrashLooping',
        namespace: 'shop',
        container: 'catalog',
        reason: 'CrashLoopBackOff',
      },
    ],
    heals: (admin) => undo(admin, 'shop', 'catalog'),
    within: 25,
  },
  'readiness-probe': {
    after: 8,
    looks: async (admin) => {
      const told = await reasons(admin, 'shop', 'Pod');
      expect(told).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404');
      expect(states(await pods(admin, 'shop', 'orders'))).toEqual(Array(5).fill('running'));
    },
    fires: [
      { alertname: 'KubeDeploymentRolloutStuck', deployment: 'orders', severity: 'warning' },
      { alertname: 'KubePodNotReady', namespace: 'shop' },
    ],
    heals: (admin) => undo(admin, 'shop', 'orders'),
    within: 5,
  },
  'failing-migration': {
    after: 8,
    looks: async (admin) => {
      const found = await pods(admin, 'shop', 'orders');
      expect(states(found, 'initContainerStatuses')).toContain('CrashLoopBackOff');
      expect(states(found)).toContain('PodInitializing');
    },
    fires: [{ alertname: 'KubeDeploymentRolloutStuck', deployment: 'orders' }],
    heals: (admin) => undo(admin, 'shop', 'orders'),
    within: 3,
  },
  'missing-config': {
    after: 5,
    looks: async (admin) => {
      expect(states(await pods(admin, 'shop', 'catalog'))).toContain('CreateContainerConfigError');
      expect(await reasons(admin, 'shop', 'Pod')).toContain(
        'Failed: Error: configmap "catalog-flags" not found',
      );
    },
    fires: [
      { alertname: 'KubeContainerWaiting', reason: 'CreateContainerConfigError', container: 'catalog' },
    ],
    heals: (admin) => undo(admin, 'shop', 'catalog'),
    within: 3,
  },
  'out-of-memory': {
    after: 15,
    looks: async (admin) => {
      expect(lastEnds(await pods(admin, 'payments', 'api'))).toEqual(['OOMKilled', 'OOMKilled']);
    },
    fires: [
      { alertname: 'KubePodCrashLooping', namespace: 'payments', container: 'api' },
      { alertname: 'KubeDeploymentReplicasMismatch', deployment: 'api' },
    ],
    heals: async (admin) => {
      const path = `${DEPLOYMENTS}/payments/deployments/api`;
      const [container] = listOr(at(await admin.get(path), 'spec', 'template', 'spec', 'containers'));
      const resources = {
        requests: { cpu: '100m', memory: '128Mi' },
        limits: { cpu: '500m', memory: '512Mi' },
      };
      const containers = [{ ...Object(container), resources }];
      expect((await admin.patch(path, { spec: { template: { spec: { containers } } } })).status).toBe(200);
    },
    within: 25,
  },
  'wedged-pod': {
    after: 5,
    looks: async (admin) => {
      const ready = (await pods(admin, 'shop', 'checkout')).map((pod) =>
        at(listOr(at(pod, 'status', 'containerStatuses'))[0], 'ready'),
      );
      expect(ready.toSorted()).toEqual([false, true, true]);
    },
    fires: [{ alertname: 'KubePodNotReady', namespace: 'shop' }],
    heals: async (admin) => {
      const wedged = (await pods(admin, 'shop', 'checkout')).find(
        (pod) => at(listOr(at(pod, 'status', 'containerStatuses'))[0], 'ready') === false,
      );
      await admin.remove(`/api/v1/namespaces/shop/pods/${textOr(at(wedged, 'metadata', 'name'))}`);
    },
    within: 3,
  },
  'quota-exceeded': {
    after: 5,
    looks: async (admin) => {
      const told = await reasons(admin, 'payments', 'ReplicaSet');
      expect(told.join()).toMatch(
        /FailedCreate: Error creating: pods "api-\S+" is forbidden: exceeded quota: payments, requested: requests.memory=128Mi, used: requests.memory=1Gi, limited: requests.memory=1Gi/,
      );
      expect(await pods(admin, 'payments', 'api')).toHaveLength(8);
      const path = `${DEPLOYMENTS}/payments/deployments/api`;
      expect(await condition(admin, path, 'ReplicaFailure')).toBe('True');
    },
    fires: [
      { alertname: 'KubeDeploymentReplicasMismatch', deployment: 'api' },
      { alertname: 'KubeQuotaFullyUsed', resource: 'requests.memory', severity: 'info' },
    ],
    heals: async (admin) => {
      const path = `${DEPLOYMENTS}/payments/deployments/api/scale`;
      expect((await admin.patch(path, { spec: { replicas: 2 } })).status).toBe(200);
    },
    within: 3,
  },
  'hpa-maxed': {
    after: 5,
    looks: async (admin) => {
      const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/catalog';
      expect(at(await admin.get(path), 'status', 'currentReplicas')).toBe(5);
      expect(await condition(admin, path, 'ScalingLimited')).toBe('True');
    },
    fires: [{ alertname: 'KubeHpaMaxedOut', horizontalpodautoscaler: 'catalog' }],
    heals: async (admin) => {
      const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/catalog';
      expect((await admin.patch(path, { spec: { maxReplicas: 12 } })).status).toBe(200);
    },
    within: 5,
  },
  'pvc-unbound': {
    after: 5,
    looks: async (admin) => {
      expect(await reasons(admin, 'shop', 'PersistentVolumeClaim')).toContain(
        'ProvisioningFailed: storageclass.storage.k8s.io "fast-nvme" not found',
      );
      expect((await reasons(admin, 'shop', 'Pod')).join()).toContain(
        'unbound immediate PersistentVolumeClaims',
      );
    },
    fires: [
      { alertname: 'KubeStatefulSetReplicasMismatch', statefulset: 'search' },
      { alertname: 'KubePodNotReady', pod: 'search-0' },
    ],
    heals: async (admin) => {
      const path = '/api/v1/namespaces/shop/persistentvolumeclaims';
      await admin.remove(`${path}/data-search-0`);
      const answer = await admin.post(path, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data-search-0' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'standard',
          resources: { requests: { storage: '20Gi' } },
        },
      });
      expect(answer.status).toBe(201);
    },
    within: 3,
  },
  'pvc-full': {
    after: 10,
    looks: async (admin) => {
      const log = '/api/v1/namespaces/shop/pods/orders-db-0/log?previous=true';
      expect(lastEnds(await pods(admin, 'shop', 'orders-db'))).toEqual(['Error']);
      expect(await admin.text(log)).toContain('No space left on device');
    },
    fires: [
      {
        alertname: 'KubePersistentVolumeFillingUp',
        persistentvolumeclaim: 'data-orders-db-0',
        severity: 'critical',
      },
    ],
    heals: async (admin) => {
      const path = '/api/v1/namespaces/shop/persistentvolumeclaims/data-orders-db-0';
      const spec = { resources: { requests: { storage: '20Gi' } } };
      expect((await admin.patch(path, { spec })).status).toBe(200);
    },
    within: 60,
  },
  'job-failed': {
    after: 8,
    looks: async (admin) => {
      const path = '/apis/batch/v1/namespaces/tools/jobs/stock-report';
      expect(await condition(admin, path, 'Failed')).toBe('True');
      expect(numberOr(at(await admin.get(path), 'status', 'failed'))).toBe(2);
    },
    fires: [{ alertname: 'KubeJobFailed', job_name: 'stock-report' }],
    heals: async (admin) => {
      const path = '/apis/batch/v1/namespaces/tools/jobs/stock-report?propagationPolicy=Background';
      expect((await admin.remove(path)).status).toBe(200);
    },
    within: 2,
  },
  'node-not-ready': {
    after: 320,
    looks: async (admin) => {
      const node = await admin.get('/api/v1/nodes/node-c');
      expect(await condition(admin, '/api/v1/nodes/node-c', 'Ready')).toBe('False');
      expect(await condition(admin, '/api/v1/nodes/node-c', 'MemoryPressure')).toBe('True');
      expect(listOr(at(node, 'spec', 'taints')).map((taint) => at(taint, 'key'))).toContain(
        'node.kubernetes.io/not-ready',
      );
      const there = await items(admin, '/api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3Dnode-c');
      expect(there).toEqual([]);
    },
    fires: [
      { alertname: 'KubeNodeNotReady', node: 'node-c' },
      { alertname: 'KubeNodePressure', node: 'node-c', condition: 'MemoryPressure' },
    ],
    heals: async (admin) => {
      await admin.remove('/api/v1/namespaces/default/pods/heap-analysis');
    },
    within: 3,
  },
  'cni-failure': {
    after: 10,
    looks: async (admin) => {
      const nodes = await items(admin, '/api/v1/nodes');
      const messages = nodes
        .flatMap((node) => listOr(at(node, 'status', 'conditions')))
        .map((one) => textOr(at(one, 'message')));
      expect(messages.filter((message) => message.includes('NetworkPluginNotReady'))).toHaveLength(1);
    },
    fires: [
      { alertname: 'KubeDaemonSetRolloutStuck', daemonset: 'calico-node' },
      { alertname: 'KubeNodeNotReady' },
    ],
    heals: async (admin) => {
      const path = `${DEPLOYMENTS}/kube-system`;
      const revisions = await items(admin, `${path}/controllerrevisions?labelSelector=k8s-app%3Dcalico-node`);
      const older = revisions.toSorted(
        (left, right) => numberOr(at(left, 'revision')) - numberOr(at(right, 'revision')),
      )[0];
      const template = at(older, 'data', 'spec', 'template');
      expect((await admin.patch(`${path}/daemonsets/calico-node`, { spec: { template } })).status).toBe(200);
    },
    within: 25,
  },
  'coredns-down': {
    after: 5,
    looks: async (admin) => {
      expect(states(await pods(admin, 'kube-system', 'coredns'))).toEqual(
        expect.arrayContaining(['CrashLoopBackOff']),
      );
    },
    fires: [{ alertname: 'CoreDNSDown', severity: 'critical', job: 'kube-dns' }],
    heals: async (admin) => {
      const path = '/api/v1/namespaces/kube-system/configmaps/coredns';
      const corefile = textOr(at(await admin.get(path), 'data', 'Corefile'));
      const Corefile = corefile.replace('dns.corp.internal', '/etc/resolv.conf');
      expect((await admin.patch(path, { data: { Corefile } })).status).toBe(200);
    },
    within: 60,
  },
  'api-latency': {
    after: 5,
    looks: async (admin) => {
      expect(states(await pods(admin, 'tools', 'inventory-sync'))).toEqual(['running']);
    },
    fires: [{ alertname: 'KubeAPIErrorBudgetBurn', severity: 'critical', long: '1h', short: '5m' }],
    heals: async (admin) => {
      const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-03-14T02:08:00Z' };
      const path = `${DEPLOYMENTS}/tools/deployments/inventory-sync`;
      const answer = await admin.patch(path, { spec: { template: { metadata: { annotations } } } });
      expect(answer.status).toBe(200);
    },
    within: 5,
  },
  'certificate-expiring': {
    after: 2,
    looks: async (admin) => {
      expect((await admin.get('/api/v1/namespaces/tools/secrets/inventory-sync-client')).kind).toBe('Secret');
    },
    fires: [{ alertname: 'KubeClientCertificateExpiration', severity: 'critical' }],
    heals: async (admin) => {
      const path = '/api/v1/namespaces/tools/secrets/inventory-sync-client';
      const data = { 'tls.crt': 'bmV3', 'tls.key': 'bmV3' };
      expect((await admin.patch(path, { data })).status).toBe(200);
    },
    within: 1,
  },
  'etcd-quorum-lost': {
    after: 2,
    looks: async (admin) => {
      expect((await admin.get('/api/v1/nodes')).kind).toBe('NodeList');
      const refused = await admin.patch(`${DEPLOYMENTS}/shop/deployments/checkout/scale`, {
        spec: { replicas: 1 },
      });
      expect(refused).toMatchObject({ status: 500, body: { message: 'etcdserver: request timed out' } });
    },
    fires: [
      { alertname: 'etcdInsufficientMembers', severity: 'critical' },
      { alertname: 'etcdNoLeader', severity: 'critical', instance: '192.0.2.5:2379' },
      { alertname: 'KubeControllerManagerDown', severity: 'critical' },
      { alertname: 'TargetDown', job: 'etcd' },
    ],
    heals: async (_admin, cluster) => cluster.heal('etcd-quorum-lost'),
    within: 1,
  },
  'recovered-rollout': {
    after: 6,
    looks: async (admin) => {
      const status = at(await admin.get(`${DEPLOYMENTS}/shop/deployments/checkout`), 'status');
      expect(status).toMatchObject({ availableReplicas: 3, updatedReplicas: 3 });
    },
    fires: [{ alertname: 'KubeDeploymentRolloutStuck', deployment: 'checkout' }],
    heals: async () => {},
    within: 30,
  },
  'node-flap': {
    after: 3,
    looks: async (admin) => expect(await condition(admin, '/api/v1/nodes/node-b', 'Ready')).toBe('True'),
    fires: [
      { alertname: 'KubeNodeReadinessFlapping', node: 'node-b' },
      { alertname: 'KubeNodeNotReady', node: 'node-b' },
      { alertname: 'KubePodNotReady', namespace: 'shop' },
      { alertname: 'KubeDeploymentReplicasMismatch', deployment: 'checkout' },
    ],
    heals: async () => {},
    within: 15,
  },
};

let cluster: PlaygroundCluster;
let admin: Admin;

beforeEach(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  admin = adminOf(cluster);
});

afterEach(() => cluster.stop());

function healthOf(name: string): boolean | undefined {
  return cluster.health().find((scenario) => scenario.name === name)?.healthy;
}

describe('a scenario', () => {
  it('has a case here, one for each', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(SCENARIOS.map(({ name }) => name).toSorted());
    expect(cluster.health().filter(({ healthy }) => !healthy)).toEqual([]);
  });

  it.each(SCENARIOS)(
    '$name: breaks as it says, tells its alerts, and is whole again after the cure',
    async (scenario) => {
      const one = CASES[scenario.name];
      if (one === undefined) throw new Error(`there is no case for ${scenario.name}`);
      cluster.breakScenario(scenario.name);
      cluster.advance(one.after * 1000);
      expect(healthOf(scenario.name)).toBe(scenario.expected === 'nothing');
      await one.looks(admin);
      const firing = cluster.alerts().filter(({ status }) => status === 'firing');
      for (const labels of one.fires) {
        expect(firing.map((alert) => alert.labels)).toContainEqual(
          expect.objectContaining({ ...labels, cluster: 'test' }),
        );
      }
      await one.heals(admin, cluster);
      cluster.advance(one.within * 1000);
      expect(healthOf(scenario.name)).toBe(true);
      expect(cluster.alerts().filter(({ status }) => status === 'firing')).toEqual([]);
      expect(
        cluster.alerts().some(({ status, endsAt }) => status === 'resolved' && endsAt !== undefined),
      ).toBe(true);
    },
  );

  it('is not healed by hand where a request to the API heals it', () => {
    expect(() => cluster.heal('bad-release')).toThrow('Roll checkout back');
  });

  it('tells each label set once, however many alerts it sends', () => {
    cluster.breakScenario('etcd-quorum-lost');
    cluster.breakScenario('node-flap');
    cluster.advance(3_000);
    const sets = cluster.alerts().map(({ labels }) => JSON.stringify(Object.entries(labels).toSorted()));
    expect(sets.length).toBeGreaterThan(20);
    expect(new Set(sets).size).toBe(sets.length);
  });
});
