import type { JsonObject } from '../json.ts';

/** The value that must never leave the cluster; the Secret of the shop holds it. */
export const CANARY = 'canary-7f3d-do-not-leak';

export function namespace(name: string, labels: Record<string, string> = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...labels, 'kubernetes.io/metadata.name': name } },
  };
}

export type AppOptions = {
  namespace: string;
  name: string;
  replicas: number;
  image: string;
  team: string;
  changeCause?: string;
  env?: JsonObject[];
  envFrom?: JsonObject[];
  progressDeadlineSeconds?: number;
};

/** A small web application's Deployment. */
export function deployment(options: AppOptions): JsonObject {
  const { name } = options;
  const labels = { app: name, team: options.team };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: options.namespace,
      labels,
      ...(options.changeCause === undefined
        ? {}
        : { annotations: { 'kubernetes.io/change-cause': options.changeCause } }),
    },
    spec: {
      replicas: options.replicas,
      revisionHistoryLimit: 5,
      ...(options.progressDeadlineSeconds === undefined
        ? {}
        : { progressDeadlineSeconds: options.progressDeadlineSeconds }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name,
              image: options.image,
              ports: [{ name: 'http', containerPort: 8080 }],
              ...(options.envFrom === undefined ? {} : { envFrom: options.envFrom }),
              ...(options.env === undefined ? {} : { env: options.env }),
              resources: {
                requests: { cpu: '100m', memory: '128Mi' },
                limits: { cpu: '500m', memory: '256Mi' },
              },
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
            },
          ],
        },
      },
    },
  };
}

/** A small database: one pod with one volume. */
export function statefulSet(options: {
  namespace: string;
  name: string;
  image: string;
  team: string;
  storage: string;
  storageClassName: string;
}): JsonObject {
  const { namespace, name, image, storage, storageClassName } = options;
  const labels = { app: name, team: options.team };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name,
              image,
              resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { memory: '512Mi' } },
              volumeMounts: [{ name: 'data', mountPath: '/var/lib/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName,
            resources: { requests: { storage } },
          },
        },
      ],
    },
    status: { replicas: 0 },
  };
}

export function service(place: { namespace: string; name: string }): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: place.name, namespace: place.namespace, labels: { app: place.name } },
    spec: { selector: { app: place.name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

export function node(name: string, number: number, now: string): JsonObject {
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  const size = { cpu: '8', 'ephemeral-storage': '100Gi', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node-role.kubernetes.io/worker': '',
        'topology.kubernetes.io/zone': `zone-${'abc'.charAt(number % 3)}`,
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
    status: {
      capacity: size,
      allocatable: size,
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      addresses: [
        { type: 'InternalIP', address: `192.0.2.${number + 10}` },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '6.12.0',
        osImage: 'Debian GNU/Linux 13 (trixie)',
        containerRuntimeVersion: 'containerd://2.1.0',
        kubeletVersion: 'v1.36.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}
