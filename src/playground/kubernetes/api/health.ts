import type { Reply } from './reply.ts';

/** The checks that /readyz lists with ?verbose, by the names kube-apiserver gives them. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
];

const CHECKS = [
  'ping',
  'log',
  'informer-sync',
  ...HOOKS.map((name) => `poststarthook/${name}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
  'shutdown',
];

/** Answers /livez, /readyz and /healthz, whole, verbose, or one check of them. */
export function answerHealth(name: string, check: string | undefined, verbose: boolean): Reply {
  if (check !== undefined) {
    return CHECKS.includes(check)
      ? { kind: 'text', status: 200, body: 'ok' }
      : { kind: 'text', status: 404, body: '404 page not found\n' };
  }
  if (!verbose) return { kind: 'text', status: 200, body: 'ok' };
  const lines = CHECKS.map((one) => `[+]${one} ok`).join('\n');
  return { kind: 'text', status: 200, body: `${lines}\n${name} check passed\n` };
}
