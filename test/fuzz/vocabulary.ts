/** The grammar's own words, good values for them, and what an attacker would put in their place. */
import { KINDS } from '../../src/core/kinds.ts';
import { API_VERBS, RAW_PATHS, REVIEWED_SUBRESOURCES } from '../../src/core/read-operations.ts';
import type { Random } from './random.ts';

export type Flag = {
  readonly long: string;
  readonly short?: string;
  /** Null for a switch. */
  readonly value: ((random: Random) => string) | null;
};

/** Names that are good, some of which mean something elsewhere in a path. */
export const NAMES = [
  ...['web', 'web-0', 'api', 'checkout', 'held', 'n1', 'n2', 'a.b-c', 'x'.repeat(63)],
  ...[
    'secrets',
    'exec',
    'proxy',
    'log',
    'token',
    'portforward',
    'attach',
    'status',
    'namespaces',
    'v1',
    'apis',
  ],
];
export const NAMESPACES = ['web', 'shop', 'kube-system', 'default', 'secrets', 'all', 'x'.repeat(63)];
export const CONTAINERS = ['app', 'side-car', 'web'];
const SHORT = [
  'po',
  'no',
  'ev',
  'cm',
  'ns',
  'svc',
  'ep',
  'pvc',
  'pv',
  'rs',
  'sts',
  'ds',
  'cj',
  'hpa',
  'pdb',
  'ing',
];
const ASKED = [
  'widgets',
  'widget.example.com',
  'gizmos',
  'vs',
  'certificates.v1.cert-manager.io',
  'lure',
  'wi',
  'externalsecrets',
  'cert',
];
export const KIND_WORDS = [
  ...KINDS.flatMap(({ kind, resource, group, version }) => [
    ...[kind, resource, kind.toLowerCase(), `${resource}.${version}.${group}`],
    ...(group === '' ? [] : [`${resource}.${group}`]),
  ]),
  ...[...SHORT, 'deploy', 'deploy'],
];
/** As many that the cluster has to be asked about as there are of the table. */
const READ_KIND_WORDS = [KIND_WORDS, ASKED];
const readKind = (random: Random): string => random.pick(random.pick(READ_KIND_WORDS));

const SELECTORS = [
  'app=web',
  'app!=web',
  'tier in (a, b)',
  'a.b/c notin (x)',
  '!canary',
  'app',
  'a==b,c',
  '',
];
const FIELDS = [
  'status.phase=Running',
  'spec.nodeName=n1',
  'metadata.name!=web',
  'involvedObject.kind=Pod,type=Warning',
];
export const JSONPATHS = [
  ...[
    '{.items[*].metadata.name}',
    '{.metadata.name}{"\\n"}',
    '{range .items[*]}{.metadata.name}{"\\t"}{end}',
  ],
  ...[
    `{.items[?(@.status.phase=="Running")].metadata.name}`,
    "{.items[0:2]['kind','apiVersion']}",
    '{..image}',
  ],
  ...['{.items[-1:].spec}', '{$}', "{.data['a\\.b']}", '{.items[?(@.a)].b}', 'text {.kind} text'],
];
export const NUMBERS = ['0', '1', '3', '60', '200', '5000', '10000', '999999999'];
const DURATIONS = ['90s', '15m', '1h30m', '1h', '168h', '3600s'];
const pick = (from: readonly string[]) => (random: Random) => random.pick(from);
const value = (long: string, from: readonly string[], short?: string): Flag => ({
  long,
  value: pick(from),
  ...(short === undefined ? {} : { short }),
});
const on = (long: string, short?: string): Flag => ({
  long,
  value: null,
  ...(short === undefined ? {} : { short }),
});
const NAMESPACE = value('namespace', NAMESPACES, 'n');
const ALL = on('all-namespaces', 'A');
const SELECTOR = value('selector', SELECTORS, 'l');
const NO_HEADERS = on('no-headers');
const REVISIONS = ['1', '2', '7'];
const QUANTITIES = ['cpu=200m', 'memory=512Mi', 'cpu=1,memory=1Gi', 'ephemeral-storage=2G', 'cpu=0.5'];

/** Good patches, of each type. */
export const PATCHES = [
  ...[
    '{"spec":{"replicas":0}}',
    '{"spec":{"replicas":4}}',
    '{"spec":{"paused":true}}',
    '{"spec":{"minReadySeconds":5}}',
  ],
  ...[
    '{"spec":{"maxReplicas":12,"minReplicas":2}}',
    '{"spec":{"suspend":true}}',
    '{"spec":{"schedule":"*/5 * * * *"}}',
  ],
  '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"1Gi"}}}]}}}}',
  '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"25%"}}}}',
  '[{"op":"replace","path":"/spec/replicas","value":2}]',
  '[{"op":"add","path":"/spec/template/spec/containers/0/resources/limits/cpu","value":"1"}]',
  '[{"op":"remove","path":"/spec/minReadySeconds"}]',
];

/** Every flag of each verb, as this fuzzer knows them: whatever else starts with a dash must not be accepted. */
export const FLAGS: ReadonlyMap<string, readonly Flag[]> = new Map<string, readonly Flag[]>([
  [
    'get',
    [
      ...[NAMESPACE, ALL, SELECTOR, value('field-selector', FIELDS), NO_HEADERS, on('show-labels')],
      value('output', ['wide', 'yaml', 'json', 'name', ...JSONPATHS.map((path) => `jsonpath=${path}`)], 'o'),
      value('sort-by', ['.metadata.name', '{.status.startTime}', 'metadata.creationTimestamp']),
      value(
        'raw',
        RAW_PATHS.flatMap((path) => [path, `${path}?verbose`]),
      ),
    ],
  ],
  ['describe', [NAMESPACE, ALL, SELECTOR]],
  [
    'logs',
    [
      ...[
        NAMESPACE,
        SELECTOR,
        value('container', CONTAINERS, 'c'),
        on('all-containers'),
        on('previous', 'p'),
      ],
      ...[on('timestamps'), value('tail', NUMBERS), value('since', DURATIONS)],
    ],
  ],
  [
    'events',
    [
      NAMESPACE,
      ALL,
      value('for', ['pod/web-0', 'deploy/web', 'Node/n1']),
      value('types', ['Warning', 'Normal,warning']),
    ],
  ],
  ['top', [NAMESPACE, ALL, SELECTOR, on('containers'), value('sort-by', ['cpu', 'memory']), NO_HEADERS]],
  ['rollout status', [NAMESPACE, value('timeout', DURATIONS), value('watch', ['false'])]],
  ['rollout history', [NAMESPACE, value('revision', REVISIONS)]],
  ['rollout undo', [NAMESPACE, value('to-revision', REVISIONS)]],
  ...['rollout restart', 'rollout pause', 'rollout resume', 'set image'].map((verb): [string, Flag[]] => [
    verb,
    [NAMESPACE],
  ]),
  ['auth can-i', [NAMESPACE, ALL, value('subresource', REVIEWED_SUBRESOURCES)]],
  ['version', [value('output', ['yaml', 'json'], 'o')]],
  [
    'api-resources',
    [
      value('api-group', ['apps', 'example.com', '']),
      value('namespaced', ['true', 'false']),
      value('output', ['wide', 'name'], 'o'),
      NO_HEADERS,
    ],
  ],
  ['scale', [NAMESPACE, value('replicas', NUMBERS), value('current-replicas', NUMBERS)]],
  [
    'set resources',
    [
      NAMESPACE,
      value('containers', CONTAINERS, 'c'),
      value('limits', QUANTITIES),
      value('requests', QUANTITIES),
    ],
  ],
  ['cordon', []],
  ['uncordon', []],
  [
    'drain',
    [
      ...[on('ignore-daemonsets'), on('delete-emptydir-data'), on('force'), value('timeout', DURATIONS)],
      value('grace-period', NUMBERS),
    ],
  ],
  ['delete', [NAMESPACE, value('grace-period', NUMBERS), on('force'), value('wait', ['false'])]],
  ['label', [NAMESPACE, on('overwrite')]],
  ['annotate', [NAMESPACE, on('overwrite')]],
  [
    'patch',
    [
      NAMESPACE,
      value('type', ['strategic', 'merge', 'json']),
      value('patch', PATCHES, 'p'),
      value('subresource', ['scale']),
    ],
  ],
]);
/** Reading comes more often than each of the changes, and has more to it. */
export const VERBS: readonly string[] = [...FLAGS.keys(), 'get', 'get', 'get', 'describe', 'patch'];

/** What stands behind a verb, without its flags. */
export function subjectOf(verb: string, random: Random): readonly string[] {
  const name = (): string => random.pick(NAMES);
  const workload = ['deployment', 'deploy', 'sts', 'daemonset', 'Deployment', 'deployments.v1.apps'];
  const named = (kinds: readonly string[]): readonly string[] =>
    random.chance(0.6) ? [`${random.pick(kinds)}/${name()}`] : [random.pick(kinds), name()];
  switch (verb) {
    case 'get': {
      const kinds = Array.from({ length: 1 + random.below(3) }, () => readKind(random));
      if (random.chance(0.2)) return kinds.map((kind) => `${kind}/${name()}`);
      return [kinds.join(','), ...(random.chance(0.3) ? [name()] : [])];
    }
    case 'describe':
      return random.chance(0.5) ? [`${readKind(random)}/${name()}`] : [readKind(random)];
    case 'logs':
      return random.chance(0.2)
        ? []
        : [random.chance(0.5) ? name() : `${random.pick([...workload, 'job', 'rs'])}/${name()}`];
    case 'top':
      return [random.pick(['pods', 'pod', 'nodes', 'no']), ...(random.chance(0.3) ? [name()] : [])];
    case 'auth can-i':
      return [random.pick(API_VERBS), random.pick(KIND_WORDS) + (random.chance(0.3) ? `/${name()}` : '')];
    case 'cordon':
    case 'uncordon':
    case 'drain':
      return [(random.chance(0.3) ? 'node/' : '') + name()];
    case 'delete':
      return named(['pod', 'po', 'job', 'Jobs']);
    case 'scale':
      return named(['deployment', 'deploy', 'sts', 'deploy.apps']);
    case 'set image':
      return [
        ...named(workload),
        `${random.pick(CONTAINERS)}=registry.example/shop/web:${random.pick(['1', '2.1'])}`,
      ];
    case 'label':
    case 'annotate':
      return [
        ...named([...workload, 'pod', 'svc', 'node', 'cj']),
        random.pick(['team=sre', 'example.com/x=y', 'team-']),
      ];
    case 'patch':
      return named([...workload, 'hpa', 'cronjob']);
    case 'rollout pause':
    case 'rollout resume':
      return named(['deployment', 'deploy']);
    default:
      return verb.startsWith('rollout') || verb === 'set resources' ? named(workload) : [];
  }
}

/** Words that no good line has. */
export const NASTY = [
  ...[
    '--server=https://evil.example',
    '-s',
    '--token=x',
    '--as=admin',
    '--as-group=system:masters',
    '--context=prod',
  ],
  ...[
    '--kubeconfig=/root/.kube/config',
    '-f',
    '--filename=x.yaml',
    '-k',
    '--template=x',
    '--watch',
    '-w',
    '--follow',
  ],
  ...[
    '--all',
    '--now',
    '--cascade=orphan',
    '--disable-eviction',
    '--patch-file=x',
    '--dry-run=none',
    '--raw=/api/v1',
  ],
  ...[
    '-v=9',
    '--',
    '-',
    '-Aw',
    '-nweb',
    '-n=web',
    '-n',
    '-A',
    '-o',
    '-l',
    '-p',
    '-c',
    '*',
    '',
    '-o=go-template-file=x',
  ],
  ...[
    '/etc/passwd',
    '../x',
    'pods/../secrets',
    'https://evil.example',
    'http://169.254.169.254',
    'pods/log',
    'a%2fb',
  ],
  ...[
    'secrets',
    'secret/db',
    'pods,secrets',
    'SECRET',
    'roles',
    'crd',
    'sa',
    'tokenreviews',
    'pods/exec',
    'pods/proxy',
  ],
  ...[
    'exec',
    'proxy',
    'delete',
    'get',
    'kubectl',
    ';',
    '|',
    '&&',
    '$(id)',
    '`id`',
    '>x',
    'web\n',
    '--subresource=status',
  ],
  ...[
    'web?watch=true',
    'web#x',
    'web/log',
    'a/b/c',
    '.',
    '..',
    '%2e%2e',
    '__proto__',
    'constructor',
    'web@evil.example',
  ],
];
