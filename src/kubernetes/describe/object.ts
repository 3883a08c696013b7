import { stringify } from 'yaml';
import { field, list, members, text } from '../../core/facts/fields.ts';
import type { KubeObject } from '../../core/kube.ts';
import { controllerOf } from '../../core/pods.ts';
import { age } from '../age.ts';
import { type Line, renderLines } from './lines.ts';
import { nodeLines } from './node.ts';
import { podLines, templateLines } from './pod.ts';
import { replicaLines } from './workload.ts';

/** An object (already redacted) as kubectl describe would tell it, without its events. */
export function describeObject(object: KubeObject, now: Date): string {
  const owner = controllerOf(object);
  const lines: Line[] = [
    ['Name', object.metadata?.name ?? ''],
    ['Namespace', object.metadata?.namespace ?? ''],
    ['Kind', object.kind ?? ''],
    ['Age', age(object.metadata?.creationTimestamp ?? '', now)],
    ['Deleted', object.metadata?.deletionTimestamp ?? ''],
    ['Labels', pairs(object.metadata?.labels)],
    ['Annotations', pairs(object.metadata?.annotations)],
    ['Controlled By', owner === undefined ? '' : `${owner.kind}/${owner.name}`],
    ...ownLines(object, now),
    ['Conditions', conditionLines(object)],
  ];
  return renderLines(lines);
}

function ownLines(object: KubeObject, now: Date): readonly Line[] {
  switch (object.kind) {
    case 'Pod':
      return podLines(object, now);
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
      return [...replicaLines(object), ['Pod Template', templateLines(field(object, 'spec', 'template'))]];
    case 'Node':
      return nodeLines(object);
    default:
      return [
        ['Data', yamlBlock(field(object, 'data'))],
        ['Spec', yamlBlock(field(object, 'spec'))],
        ['Status', yamlBlock(withoutConditions(field(object, 'status')))],
      ];
  }
}

function pairs(map: { readonly [key: string]: string } | undefined): string {
  return Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

function conditionLines(object: KubeObject): readonly Line[] {
  return list(object, 'status', 'conditions').map((one): Line => {
    const because = [text(one, 'reason'), text(one, 'message')].filter((part) => part !== '').join(': ');
    return [text(one, 'type'), [text(one, 'status'), because].filter((part) => part !== '').join('  ')];
  });
}

function yamlBlock(value: unknown): string {
  if (members(value).length === 0) return '';
  return `\n${stringify(value).trimEnd()}`;
}

function withoutConditions(status: unknown): unknown {
  return Object.fromEntries(members(status).filter(([key]) => key !== 'conditions'));
}
