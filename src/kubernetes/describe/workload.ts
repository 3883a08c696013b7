import { field, integer, members, text } from '../../core/facts/fields.ts';
import { replicaCounts, revisionOf } from '../../core/facts/workload.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { Line } from './lines.ts';

export function replicaLines(workload: KubeObject): readonly Line[] {
  const { desired, updated, ready, available, unavailable } = replicaCounts(workload);
  const total = integer(
    workload,
    ['status', 'replicas'],
    integer(workload, ['status', 'currentNumberScheduled']),
  );
  const revision = revisionOf(workload);
  const own = workload.kind === 'ReplicaSet' ? '' : `${updated} updated | `;
  const strategy = field(workload, 'spec', 'strategy') ?? field(workload, 'spec', 'updateStrategy');
  return [
    ['Revision', revision === 0 ? '' : String(revision)],
    [
      'Selector',
      members(workload, 'spec', 'selector', 'matchLabels')
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(','),
    ],
    [
      'Replicas',
      `${desired} desired | ${own}${total} total | ${ready} ready | ${available} available | ${unavailable} unavailable`,
    ],
    ['Paused', field(workload, 'spec', 'paused') === true ? 'True' : ''],
    [
      'Strategy',
      [
        text(strategy, 'type'),
        ...members(strategy, 'rollingUpdate').map(([key, value]) => `${key}=${String(value)}`),
      ]
        .filter((part) => part !== '')
        .join(' '),
    ],
    ['Min Ready Seconds', seconds(workload, 'minReadySeconds')],
    ['Progress Deadline', seconds(workload, 'progressDeadlineSeconds')],
  ];
}

function seconds(workload: KubeObject, key: string): string {
  const found = integer(workload, ['spec', key]);
  return found === 0 ? '' : `${found}s`;
}
