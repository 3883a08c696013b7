import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/core/subject.ts';

/** Labels as the rules of kube-prometheus give them, and the object that each alert is about. */
const TABLE: readonly (readonly [labels: Record<string, string>, rank: string, says: string])[] = [
  [
    { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'checkout-6d4f8b7c9-x2x4z' },
    'workload',
    'shop/checkout',
  ],
  [
    { alertname: 'KubeStatefulSetReplicasMismatch', namespace: 'shop', statefulset: 'cart-db' },
    'workload',
    'shop/cart-db',
  ],
  [{ alertname: 'KubePodNotReady', namespace: 'shop', pod: 'cart-db-0' }, 'workload', 'shop/cart-db'],
  [
    { alertname: 'KubeNodeNotReady', node: 'node-c', job: 'kube-state-metrics', instance: '192.0.2.9:8443' },
    'node',
    'node node-c',
  ],
  [
    {
      alertname: 'NodeFilesystemSpaceFillingUp',
      job: 'node-exporter',
      instance: 'node-c',
      namespace: 'monitoring',
      pod: 'node-exporter-x2x4z',
      container: 'node-exporter',
    },
    'node',
    'node node-c',
  ],
  [
    {
      alertname: 'NodeFilesystemSpaceFillingUp',
      job: 'node-exporter',
      instance: '192.0.2.7:9100',
      namespace: 'monitoring',
      pod: 'node-exporter-x2x4z',
    },
    'other',
    '192.0.2.7:9100',
  ],
  [
    {
      alertname: 'KubePersistentVolumeFillingUp',
      namespace: 'shop',
      persistentvolumeclaim: 'data-cart-db-0',
      job: 'kubelet',
      instance: '192.0.2.7:10250',
    },
    'other',
    'shop/data-cart-db-0',
  ],
  [{ alertname: 'etcdInsufficientMembers', job: 'etcd' }, 'control_plane', '(control plane)'],
  [
    { alertname: 'TargetDown', job: 'kube-scheduler', namespace: 'kube-system' },
    'control_plane',
    '(control plane)',
  ],
  [
    { alertname: 'KubePodCrashLooping', namespace: 'kube-system', pod: 'kube-apiserver-node-a' },
    'control_plane',
    '(control plane)',
  ],
  [{ alertname: 'KubeAPIErrorBudgetBurn', severity: 'warning' }, 'control_plane', '(control plane)'],
  [
    { alertname: 'KubeClientCertificateExpiration', job: 'apiserver', instance: '192.0.2.2:6443' },
    'other',
    '192.0.2.2:6443',
  ],
  [{ alertname: 'TargetDown', job: 'kube-state-metrics', namespace: 'monitoring' }, 'other', 'monitoring'],
  [{ alertname: 'CoreDNSDown' }, 'other', ''],
];

describe('the object that an alert is about', () => {
  it.each(TABLE)('%o: %s', (labels, rank, says) => {
    expect(subjectOf(labels)).toMatchObject({ rank, says });
  });

  it('is one for all of its alerts and another for each other object', () => {
    const name = (labels: Record<string, string>): string => subjectOf(labels).name;
    const pod = { alertname: 'KubePodCrashLooping', namespace: 'shop', container: 'main' };
    expect(name({ ...pod, pod: 'checkout-6d4f8b7c9-x2x4z' })).toBe(
      name({ alertname: 'KubeDeploymentReplicasMismatch', namespace: 'shop', deployment: 'checkout' }),
    );
    expect(name({ ...pod, pod: 'checkout-6d4f8b7c9-x2x4z' })).not.toBe(
      name({ ...pod, namespace: 'payments', pod: 'checkout-6d4f8b7c9-x2x4z' }),
    );
    const disk = {
      alertname: 'NodeFilesystemAlmostOutOfSpace',
      job: 'node-exporter',
      pod: 'node-exporter-x2x4z',
    };
    expect(name({ ...disk, instance: 'node-a' })).not.toBe(name({ ...disk, instance: 'node-b' }));
    expect(name({ ...disk, instance: 'node-a' })).toBe(
      name({ alertname: 'KubeNodeNotReady', node: 'node-a' }),
    );
  });
});
