import { isObject, type JsonObject, listOr, objectOr } from '../json.ts';
import { randomSuffix } from '../names.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Gives a pod the volume with its service account's token, as the ServiceAccount admission plugin does. */
export function withAccountToken(spec: JsonObject): JsonObject {
  const mounted = listOr(spec.containers).some((container) =>
    listOr(objectOr(container).volumeMounts).some((mount) => objectOr(mount).mountPath === TOKEN_PATH),
  );
  if (spec.automountServiceAccountToken === false || mounted) return spec;
  const name = `kube-api-access-${randomSuffix()}`;
  const mount = { name, readOnly: true, mountPath: TOKEN_PATH };
  const withMount = (container: unknown): unknown =>
    isObject(container)
      ? { ...container, volumeMounts: [...listOr(container.volumeMounts), mount] }
      : container;
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  return {
    ...spec,
    volumes: [...listOr(spec.volumes), { name, projected: { sources, defaultMode: 420 } }],
    containers: listOr(spec.containers).map(withMount),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: listOr(spec.initContainers).map(withMount) }),
  };
}

/** A pod's quality of service: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export function qosClass(containers: unknown): string {
  const resources = listOr(containers).map((container) => objectOr(objectOr(container).resources));
  const limited = resources.every(({ limits, requests }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = objectOr(limits)[name];
      return limit !== undefined && (objectOr(requests)[name] ?? limit) === limit;
    }),
  );
  if (limited) return 'Guaranteed';
  const any = resources.some(
    ({ limits, requests }) =>
      Object.keys(objectOr(limits)).length + Object.keys(objectOr(requests)).length > 0,
  );
  return any ? 'Burstable' : 'BestEffort';
}
