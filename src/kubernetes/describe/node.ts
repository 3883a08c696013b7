import { field, list, members, text } from '../../core/facts/fields.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { Line } from './lines.ts';

export function nodeLines(node: KubeObject): readonly Line[] {
  const taints = list(node, 'spec', 'taints').map((taint) => {
    const value = text(taint, 'value');
    return `${text(taint, 'key')}${value === '' ? '' : `=${value}`}:${text(taint, 'effect')}`;
  });
  return [
    ['Unschedulable', String(field(node, 'spec', 'unschedulable') === true)],
    ['Taints', taints.join('\n')],
    [
      'Addresses',
      list(node, 'status', 'addresses').map((one): Line => [text(one, 'type'), text(one, 'address')]),
    ],
    ['Capacity', resources(field(node, 'status', 'capacity'))],
    ['Allocatable', resources(field(node, 'status', 'allocatable'))],
    ['Kubelet', text(node, 'status', 'nodeInfo', 'kubeletVersion')],
    ['Container Runtime', text(node, 'status', 'nodeInfo', 'containerRuntimeVersion')],
  ];
}

function resources(map: unknown): readonly Line[] {
  return members(map).map(([key, value]): Line => [key, String(value)]);
}
