import { at, isObject, type JsonObject, listOr, objectOr, textOr } from '../json.ts';

export type CheckedPod = { metadata: JsonObject; spec: JsonObject; containers: JsonObject[] };

/** One control of the Pod Security Standards: what a pod breaks of it, in the admission plugin's words. */
export type Check = (pod: CheckedPod) => string | undefined;

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function containersText(containers: readonly JsonObject[]): string {
  const names = quoted(containers.map(({ name }) => textOr(name)));
  return `${containers.length === 1 ? 'container' : 'containers'} ${names}`;
}

function context(container: JsonObject): JsonObject {
  return objectOr(container.securityContext);
}

const privileged: Check = ({ containers }) => {
  const bad = containers.filter((container) => context(container).privileged === true);
  return bad.length === 0
    ? undefined
    : `privileged (${containersText(bad)} must not set securityContext.privileged=true)`;
};

const hostNamespaces: Check = ({ spec }) => {
  const bad = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  return bad.length === 0 ? undefined : `host namespaces (${bad.map((field) => `${field}=true`).join(', ')})`;
};

const hostPaths: Check = ({ spec }) => {
  const bad = listOr(spec.volumes)
    .filter(isObject)
    .filter(({ hostPath }) => hostPath !== undefined);
  const names = quoted(bad.map(({ name }) => textOr(name)));
  return bad.length === 0
    ? undefined
    : `hostPath volumes (${bad.length === 1 ? 'volume' : 'volumes'} ${names})`;
};

const hostPorts: Check = ({ containers }) => {
  const ports = (container: JsonObject) =>
    listOr(container.ports).flatMap((port) => {
      const hostPort = at(port, 'hostPort');
      return typeof hostPort === 'number' && hostPort !== 0 ? [String(hostPort)] : [];
    });
  const bad = containers.filter((container) => ports(container).length > 0);
  const all = [...new Set(bad.flatMap(ports))];
  return bad.length === 0
    ? undefined
    : `hostPort (${containersText(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${all.length === 1 ? 'hostPort' : 'hostPorts'} ${all.join(', ')})`;
};

/** The capabilities that a container may add under `baseline`. */
const HARMLESS = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function added(container: JsonObject): string[] {
  return listOr(at(context(container), 'capabilities', 'add')).map(String);
}

const capabilities: Check = ({ containers }) => {
  const wrong = (container: JsonObject) => added(container).filter((name) => !HARMLESS.has(name));
  const bad = containers.filter((container) => wrong(container).length > 0);
  const names = quoted([...new Set(bad.flatMap(wrong))].sort());
  return bad.length === 0
    ? undefined
    : `non-default capabilities (${containersText(bad)} must not include ${names} in securityContext.capabilities.add)`;
};

const allowEscalation: Check = ({ containers }) => {
  const bad = containers.filter((container) => context(container).allowPrivilegeEscalation !== false);
  return bad.length === 0
    ? undefined
    : `allowPrivilegeEscalation != false (${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false)`;
};

const dropAll: Check = ({ containers }) => {
  const keeps = containers.filter(
    (container) => !listOr(at(context(container), 'capabilities', 'drop')).includes('ALL'),
  );
  const adds = containers.filter((container) => added(container).some((name) => name !== 'NET_BIND_SERVICE'));
  const wrong = quoted(
    [...new Set(adds.flatMap(added).filter((name) => name !== 'NET_BIND_SERVICE'))].sort(),
  );
  const parts = [
    ...(keeps.length === 0
      ? []
      : [`${containersText(keeps)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adds.length === 0
      ? []
      : [`${containersText(adds)} must not include ${wrong} in securityContext.capabilities.add`]),
  ];
  return parts.length === 0 ? undefined : `unrestricted capabilities (${parts.join('; ')})`;
};

const nonRoot: Check = ({ spec, containers }) => {
  const forPod = at(spec, 'securityContext', 'runAsNonRoot') === true;
  const bad = containers.filter((container) => {
    const own = context(container).runAsNonRoot;
    return own === undefined ? !forPod : own !== true;
  });
  return bad.length === 0
    ? undefined
    : `runAsNonRoot != true (pod or ${containersText(bad)} must set securityContext.runAsNonRoot=true)`;
};

const rootUser: Check = ({ spec, containers }) => {
  const bad = containers.filter((container) => context(container).runAsUser === 0);
  const parts = [
    ...(at(spec, 'securityContext', 'runAsUser') === 0 ? ['pod'] : []),
    ...(bad.length === 0 ? [] : [containersText(bad)]),
  ];
  return parts.length === 0 ? undefined : `runAsUser=0 (${parts.join(' and ')} must not set runAsUser=0)`;
};

const seccomp: Check = ({ spec, containers }) => {
  const fine = ['RuntimeDefault', 'Localhost'];
  const forPod = fine.includes(textOr(at(spec, 'securityContext', 'seccompProfile', 'type')));
  const bad = containers.filter((container) => {
    const own = at(context(container), 'seccompProfile', 'type');
    return own === undefined ? !forPod : !fine.includes(textOr(own));
  });
  return bad.length === 0
    ? undefined
    : `seccompProfile (pod or ${containersText(bad)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
};

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline, its main controls. */
export const BASELINE: readonly Check[] = [capabilities, hostNamespaces, hostPaths, hostPorts, privileged];

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, in the plugin's order. */
export const RESTRICTED: readonly Check[] = [
  hostNamespaces,
  hostPaths,
  hostPorts,
  privileged,
  allowEscalation,
  dropAll,
  nonRoot,
  rootUser,
  seccomp,
];
