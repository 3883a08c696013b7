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

const CASES: Record<string, Case> = {
  'bad-release': {
    after: 5,
    looks: async (admin) =>
      expect(states(await pods(admin, 'shop', 'checkout'))).toContain('CrashLoopBackOff'),
    fires: [{ alertname: 'KubeDeploymentRolloutStuck', deployment: 'checkout', severity: 'critical' }],
    within: 3,
  },
  'bad-image': {
    after: 5,
    looks: async (admin) => expect(states(await pods(admin, 'shop', 'orders'))).toContain('ImagePullBackOff'),
    fires: [{ alertname: 'KubeDeploymentReplicasMismatch', deployment: 'orders', severity: 'critical' }],
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
    within: 60,
  },
  'api-latency': {
    after: 5,
    looks: async (admin) => {
      expect(states(await pods(admin, 'tools', 'inventory-sync'))).toEqual(['running']);
    },
    fires: [{ alertname: 'KubeAPIErrorBudgetBurn', severity: 'critical', long: '1h', short: '5m' }],
    within: 5,
  },
  'certificate-expiring': {
    after: 2,
    looks: async (admin) => {
      expect((await admin.get('/api/v1/namespaces/tools/secrets/inventory-sync-client')).kind).toBe('Secret');
    },
    fires: [{ alertname: 'KubeClientCertificateExpiration', severity: 'critical' }],
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
    within: 1,
  },
  'recovered-rollout': {
    after: 6,
    looks: async (admin) => {
      const status = at(await admin.get(`${DEPLOYMENTS}/shop/deployments/checkout`), 'status');
      expect(status).toMatchObject({ availableReplicas: 3, updatedReplicas: 3 });
    },
    fires: [{ alertname: 'KubeDeploymentRolloutStuck', deployment: 'checkout' }],
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
      if (scenario.expected !== 'nothing') await cluster.heal(scenario.name);
      cluster.advance(one.within * 1000);
      expect(healthOf(scenario.name)).toBe(true);
      expect(cluster.alerts().filter(({ status }) => status === 'firing')).toEqual([]);
      expect(
        cluster.alerts().some(({ status, endsAt }) => status === 'resolved' && endsAt !== undefined),
      ).toBe(true);
    },
  );

  it('is not healed by hand where it has recovered by itself', async () => {
    await expect(cluster.heal('recovered-rollout')).rejects.toThrow('recovered by itself');
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
