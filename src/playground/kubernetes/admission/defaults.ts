import { isObject, type JsonObject, listOr, objectOr } from '../json.ts';

/**
 * The defaults the API server fills in, from the defaulting functions of the built-in types:
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
export function withDefaults(storage: string, object: JsonObject): JsonObject {
  switch (storage) {
    case 'pods':
      return {
        ...object,
        spec: podSpec(objectOr(object.spec)),
        status: object.status ?? { phase: 'Pending' },
      };
    case 'deployments':
      return { ...object, spec: deploymentSpec(objectOr(object.spec)), status: object.status ?? {} };
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
      return { ...object, spec: workloadSpec(storage, objectOr(object.spec)), status: object.status ?? {} };
    case 'jobs':
      return { ...object, spec: jobSpec(objectOr(object.spec)), status: object.status ?? {} };
    case 'services':
      return {
        ...object,
        spec: serviceSpec(objectOr(object.spec)),
        status: object.status ?? { loadBalancer: {} },
      };
    case 'secrets':
      return secret(object);
    case 'events':
      return {
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: null,
        source: {},
        ...reporting(object),
        ...object,
      };
    case 'namespaces':
      return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
    default:
      return object;
  }
}

function secret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(objectOr(stringData)).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  const data = { ...objectOr(rest.data), ...Object.fromEntries(encoded) };
  return {
    ...rest,
    ...(Object.keys(data).length === 0 ? {} : { data }),
    type: rest.type ?? 'Opaque',
  };
}

/** Who reports an event, which every event says, if only as empty text. */
function reporting(object: JsonObject): JsonObject {
  return {
    reportingComponent: object.reportingController ?? '',
    reportingInstance: object.reportingInstance ?? '',
  };
}

function serviceSpec(spec: JsonObject): JsonObject {
  const ports = listOr(spec.ports)
    .filter(isObject)
    .map((port) => ({ ...port, protocol: port.protocol ?? 'TCP', targetPort: port.targetPort ?? port.port }));
  const headless = spec.clusterIP === 'None';
  return {
    ...spec,
    ...(ports.length === 0 ? {} : { ports }),
    type: spec.type ?? 'ClusterIP',
    sessionAffinity: spec.sessionAffinity ?? 'None',
    ipFamilies: spec.ipFamilies ?? ['IPv4'],
    ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
    internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    ...(headless ? { clusterIPs: ['None'] } : {}),
  };
}

function probe(value: unknown): unknown {
  if (!isObject(value)) return value;
  const http = isObject(value.httpGet)
    ? { httpGet: { ...value.httpGet, scheme: value.httpGet.scheme ?? 'HTTP' } }
    : {};
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...value,
    ...http,
  };
}

function pullPolicy(image: unknown): string {
  const tag = typeof image === 'string' ? /:([^/]+)$/.exec(image)?.[1] : undefined;
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function container(value: unknown): unknown {
  if (!isObject(value)) return value;
  const ports = listOr(value.ports)
    .filter(isObject)
    .map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' }));
  // A list that a patch has emptied is as one that was never there.
  const kept = Object.fromEntries(
    Object.entries(value).filter(([, field]) => !(Array.isArray(field) && field.length === 0)),
  );
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'].filter(
    (name) => value[name] !== undefined,
  );
  return {
    ...kept,
    ...(ports.length === 0 ? {} : { ports }),
    resources: value.resources ?? {},
    ...Object.fromEntries(probes.map((name) => [name, probe(value[name])])),
    terminationMessagePath: value.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: value.terminationMessagePolicy ?? 'File',
    imagePullPolicy: value.imagePullPolicy ?? pullPolicy(value.image),
  };
}

/** Defaults of a pod template's spec. */
function templateSpec(spec: JsonObject): JsonObject {
  return {
    ...spec,
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: listOr(spec.initContainers).map(container) }),
    containers: listOr(spec.containers).map(container),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  };
}

/** Defaults of a pod: those of a template, and what the admission plugins of a default cluster add. */
function podSpec(spec: JsonObject): JsonObject {
  const account = spec.serviceAccountName ?? 'default';
  const notReady = (key: string) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  });
  return {
    ...templateSpec(spec),
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: spec.tolerations ?? [
      notReady('node.kubernetes.io/not-ready'),
      notReady('node.kubernetes.io/unreachable'),
    ],
    priority: spec.priority ?? 0,
    enableServiceLinks: spec.enableServiceLinks ?? true,
    preemptionPolicy: spec.preemptionPolicy ?? 'PreemptLowerPriority',
  };
}

function template(value: unknown): JsonObject {
  const object = objectOr(value);
  return { ...object, spec: templateSpec(objectOr(object.spec)) };
}

function deploymentSpec(spec: JsonObject): JsonObject {
  const strategy = objectOr(spec.strategy);
  const type = strategy.type ?? 'RollingUpdate';
  const rolling = { maxUnavailable: '25%', maxSurge: '25%', ...objectOr(strategy.rollingUpdate) };
  return {
    ...spec,
    replicas: spec.replicas ?? 1,
    template: template(spec.template),
    strategy: type === 'RollingUpdate' ? { type, rollingUpdate: rolling } : { type },
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
  };
}

function workloadSpec(storage: string, spec: JsonObject): JsonObject {
  if (storage === 'replicasets') {
    return { ...spec, replicas: spec.replicas ?? 1, template: template(spec.template) };
  }
  const history = { revisionHistoryLimit: spec.revisionHistoryLimit ?? 10 };
  if (storage === 'daemonsets') {
    const updateStrategy = spec.updateStrategy ?? {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    };
    return { ...spec, template: template(spec.template), updateStrategy, ...history };
  }
  return {
    ...spec,
    replicas: spec.replicas ?? 1,
    template: template(spec.template),
    podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
    updateStrategy: spec.updateStrategy ?? { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...history,
    persistentVolumeClaimRetentionPolicy: spec.persistentVolumeClaimRetentionPolicy ?? {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    },
  };
}

function jobSpec(spec: JsonObject): JsonObject {
  return {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    ...spec,
    template: template(spec.template),
  };
}
