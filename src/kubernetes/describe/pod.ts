import { field, list, members, text } from '../../core/facts/fields.ts';
import type { KubeObject } from '../../core/kube.ts';
import { type ContainerView, containersOf, podReason } from '../../core/pods.ts';
import { age } from '../age.ts';
import type { Line } from './lines.ts';

export function podLines(pod: KubeObject, now: Date): readonly Line[] {
  const started = text(pod, 'status', 'startTime');
  return [
    ['Node', text(pod, 'spec', 'nodeName') || '<none>'],
    ['Started', started === '' ? '' : `${started} (${age(started, now)} ago)`],
    ['Status', text(pod, 'status', 'phase')],
    ['Reason', podReason(pod)],
    ['Message', text(pod, 'status', 'message')],
    ['IP', text(pod, 'status', 'podIP')],
    ['QoS Class', text(pod, 'status', 'qosClass')],
    ['Init Containers', containerBlocks(pod, 'initContainers')],
    ['Containers', containerBlocks(pod, 'containers')],
    ['Volumes', volumes(pod)],
    ['Node-Selectors', equals(field(pod, 'spec', 'nodeSelector'))],
  ];
}

function containerBlocks(pod: KubeObject, which: 'containers' | 'initContainers'): readonly Line[] {
  const views = containersOf(pod, which);
  return list(pod, 'spec', which).map((spec, index): Line => {
    const view = views[index];
    const status = list(
      pod,
      'status',
      which === 'containers' ? 'containerStatuses' : 'initContainerStatuses',
    ).find((one) => text(one, 'name') === text(spec, 'name'));
    return [
      text(spec, 'name'),
      [
        ...specLines(spec),
        ...(view === undefined ? [] : stateLines(view, field(status, 'lastState', 'terminated'))),
      ],
    ];
  });
}

function stateLines(view: ContainerView, last: unknown): readonly Line[] {
  const exit = view.state === 'terminated' && view.exitCode !== null ? `exit code ${view.exitCode}` : '';
  const state = [view.state === 'unknown' ? 'Waiting' : capital(view.state), view.reason, exit, view.message];
  const before = [
    capital('terminated'),
    text(last, 'reason'),
    `exit code ${String(field(last, 'exitCode') ?? '?')}`,
    `finished ${text(last, 'finishedAt')}`,
    text(last, 'message'),
  ];
  return [
    ['State', state.filter((part) => part !== '').join(', ')],
    ['Last State', last === undefined ? '' : before.filter((part) => part !== '').join(', ')],
    ['Ready', view.ready ? 'True' : 'False'],
    ['Restart Count', String(view.restarts)],
  ];
}

/** A container as its spec has it: what both a pod and a pod template can tell. */
function specLines(spec: unknown): readonly Line[] {
  const command = [...list(spec, 'command'), ...list(spec, 'args')].map(String).join(' ');
  return [
    ['Image', text(spec, 'image')],
    ['Command', command],
    [
      'Ports',
      list(spec, 'ports')
        .map((port) => `${String(field(port, 'containerPort'))}/${text(port, 'protocol') || 'TCP'}`)
        .join(', '),
    ],
    ['Limits', equals(field(spec, 'resources', 'limits'))],
    ['Requests', equals(field(spec, 'resources', 'requests'))],
    ['Liveness', probe(field(spec, 'livenessProbe'))],
    ['Readiness', probe(field(spec, 'readinessProbe'))],
    ['Startup', probe(field(spec, 'startupProbe'))],
    [
      'Environment',
      list(spec, 'env').map((variable): Line => [text(variable, 'name'), environmentValue(variable)]),
    ],
    [
      'Environment From',
      list(spec, 'envFrom')
        .map((one) =>
          members(one)
            .map(([key, ref]) => `${key} ${text(ref, 'name')}`)
            .join(' '),
        )
        .join('\n'),
    ],
    [
      'Mounts',
      list(spec, 'volumeMounts')
        .map((mount) => `${text(mount, 'mountPath')} from ${text(mount, 'name')}`)
        .join('\n'),
    ],
  ];
}

function environmentValue(variable: unknown): string {
  const [source] = members(variable, 'valueFrom');
  if (source === undefined) return text(variable, 'value') || '<empty>';
  const [kind, ref] = source;
  return `<${kind} ${[text(ref, 'name'), text(ref, 'key'), text(ref, 'fieldPath'), text(ref, 'resource')].filter((part) => part !== '').join(' ')}>`;
}

function probe(value: unknown): string {
  if (value === undefined) return '';
  const http = field(value, 'httpGet');
  const where =
    http !== undefined
      ? `http-get :${String(field(http, 'port'))}${text(http, 'path')}`
      : members(value)
          .filter(([key]) => key === 'exec' || key === 'tcpSocket' || key === 'grpc')
          .map(([key, how]) => `${key} ${JSON.stringify(how)}`)
          .join(' ');
  const numbers = members(value).filter(([, setting]) => typeof setting === 'number');
  return [where, ...numbers.map(([key, setting]) => `${key}=${String(setting)}`)]
    .filter((part) => part !== '')
    .join(' ');
}

function volumes(pod: KubeObject): readonly Line[] {
  return list(pod, 'spec', 'volumes').map((volume): Line => {
    const source = members(volume).find(([key]) => key !== 'name');
    if (source === undefined) return [text(volume, 'name'), '<none>'];
    const named = ['name', 'secretName', 'claimName', 'path'].map((key) => text(source[1], key));
    return [text(volume, 'name'), [source[0], ...named].filter((part) => part !== '').join(' ')];
  });
}

export function templateLines(template: unknown): readonly Line[] {
  return [
    ['Labels', equals(field(template, 'metadata', 'labels'))],
    ['Annotations', equals(field(template, 'metadata', 'annotations'))],
    ...list(template, 'spec', 'containers').map((spec): Line => [text(spec, 'name'), specLines(spec)]),
  ];
}

function equals(map: unknown): string {
  return members(map)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join('\n');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
