import { KINDS } from './kinds.ts';
import { oneLine } from './one-line.ts';
import type { Access, AccessRule, PathRule } from './rbac.ts';
import type { WriteToken } from './settings.ts';

/** Where firstmate's own identities live; a protected namespace, so it can never change them. */
export const FIRSTMATE_NAMESPACE = 'firstmate';
export const READER = 'firstmate-reader';
export const WRITER = 'firstmate-writer';
const NODE_WRITER = 'firstmate-writer-nodes';
/** Prefix of the role that lets the reader mint a service account's tokens. */
const MINTER = 'firstmate-minter';

const GROUP = 'rbac.authorization.k8s.io';
const WIDTH = 100;
const API_VERSION = `${GROUP}/v1`;

/**
 * The ServiceAccounts, ClusterRoles and bindings for `kubectl apply -f -`, as YAML documents in a fixed order.
 * @param writeNamespaces where the writing identity may write; empty: everywhere. Must be names of namespaces
 * @param tokens service accounts whose tokens the reading identity may mint
 */
export function rbacManifest(
  access: Access,
  writeNamespaces: readonly string[],
  tokens: readonly Pick<WriteToken, 'namespace' | 'serviceAccount'>[] = [],
): string {
  const namespaces = [...new Set(writeNamespaces)].toSorted();
  const documents = [
    [...preface(access), 'apiVersion: v1', 'kind: Namespace', ...metadata(FIRSTMATE_NAMESPACE, null)],
    serviceAccount(READER),
    serviceAccount(WRITER),
    clusterRole(READER, [...access.reading.flatMap(rule), ...access.readingPaths.flatMap(pathRule)]),
    ...(namespaces.length === 0
      ? [clusterRole(WRITER, access.writing.flatMap(rule)), binding(READER, null), binding(WRITER, null)]
      : withinNamespaces(access.writing, namespaces)),
    ...tokens.flatMap(minting),
  ];
  return documents.map((lines) => `---\n${lines.join('\n')}\n`).join('');
}

/** A RoleBinding gives nothing on what is in no namespace, so nodes need a role that is bound for the whole cluster. */
function withinNamespaces(
  writing: readonly AccessRule[],
  namespaces: readonly string[],
): readonly (readonly string[])[] {
  const nodes = writing.filter(isForCluster);
  const bound = [binding(READER, null), ...namespaces.map((namespace) => binding(WRITER, namespace))];
  const inside = clusterRole(WRITER, writing.filter((one) => !isForCluster(one)).flatMap(rule));
  if (nodes.length === 0) return [inside, ...bound];
  return [
    inside,
    clusterRole(NODE_WRITER, nodes.flatMap(rule)),
    ...bound,
    binding(NODE_WRITER, null, WRITER),
  ];
}

function isForCluster({ group, resource }: AccessRule): boolean {
  return KINDS.some((kind) => !kind.namespaced && kind.group === group && kind.resource === resource);
}

function preface({ leftOut }: Access): readonly string[] {
  return [
    '# What firstmate needs of a cluster for the documents that are loaded now; made by `firstmate rbac`.',
    '# Run it again when runbooks or policies change. The reader looks, the writer rehearses and makes approved changes.',
    ...leftOut.map((says) => comment(`Not granted: ${says}`)),
  ];
}

function metadata(name: string, namespace: string | null): readonly string[] {
  return ['metadata:', `  name: ${name}`, ...(namespace === null ? [] : [`  namespace: ${namespace}`])];
}

function serviceAccount(name: string): readonly string[] {
  return ['apiVersion: v1', 'kind: ServiceAccount', ...metadata(name, FIRSTMATE_NAMESPACE)];
}

function clusterRole(name: string, rules: readonly string[]): readonly string[] {
  return [
    `apiVersion: ${API_VERSION}`,
    'kind: ClusterRole',
    ...metadata(name, null),
    ...(rules.length === 0 ? ['rules: []'] : ['rules:', ...rules]),
  ];
}

function rule({ group, resource, verbs, because }: AccessRule): readonly string[] {
  return [
    ...lines(because).map((says) => `  ${comment(says)}`),
    `  - apiGroups: ${JSON.stringify([group])}`,
    `    resources: ${JSON.stringify([resource])}`,
    `    verbs: [${verbs.map((verb) => JSON.stringify(verb)).join(', ')}]`,
  ];
}

function pathRule({ path, because }: PathRule): readonly string[] {
  return [
    ...lines(because).map((says) => `  ${comment(says)}`),
    `  - nonResourceURLs: ${JSON.stringify([path])}`,
    '    verbs: ["get"]',
  ];
}

/** A ClusterRole bound in one namespace holds there alone. */
function binding(name: string, namespace: string | null, subject = name): readonly string[] {
  return [
    `apiVersion: ${API_VERSION}`,
    `kind: ${namespace === null ? 'ClusterRoleBinding' : 'RoleBinding'}`,
    ...metadata(name, namespace),
    'roleRef:',
    `  apiGroup: ${GROUP}`,
    '  kind: ClusterRole',
    `  name: ${name}`,
    'subjects:',
    '  - kind: ServiceAccount',
    `    name: ${subject}`,
    `    namespace: ${FIRSTMATE_NAMESPACE}`,
  ];
}

/** The right to mint tokens of one service account, and of no other, for the reader. */
function minting({
  namespace,
  serviceAccount,
}: Pick<WriteToken, 'namespace' | 'serviceAccount'>): readonly (readonly string[])[] {
  const name = `${MINTER}-${serviceAccount}`;
  return [
    [
      `apiVersion: ${API_VERSION}`,
      'kind: Role',
      ...metadata(name, namespace),
      'rules:',
      `  ${comment(`write_token in firstmate.yaml: a token for each plan, of ${serviceAccount} alone`)}`,
      '  - apiGroups: [""]',
      '    resources: ["serviceaccounts/token"]',
      `    resourceNames: ${JSON.stringify([serviceAccount])}`,
      '    verbs: ["create"]',
    ],
    [
      `apiVersion: ${API_VERSION}`,
      'kind: RoleBinding',
      ...metadata(name, namespace),
      'roleRef:',
      `  apiGroup: ${GROUP}`,
      '  kind: Role',
      `  name: ${name}`,
      'subjects:',
      '  - kind: ServiceAccount',
      `    name: ${READER}`,
      `    namespace: ${FIRSTMATE_NAMESPACE}`,
    ],
  ];
}

/** A list in lines of about a hundred characters: a pack of runbooks would else be a line for each. */
function lines(items: readonly string[]): readonly string[] {
  const packed: string[] = [];
  for (const item of items) {
    const last = packed.at(-1);
    if (last === undefined || last.length + item.length > WIDTH) packed.push(item);
    else packed[packed.length - 1] = `${last}, ${item}`;
  }
  return packed;
}

function comment(says: string): string {
  return `# ${oneLine(says)}`;
}
