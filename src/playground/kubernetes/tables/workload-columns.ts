import { at, isObject, listOr, numberOr, objectOr, textOr } from '../json.ts';
import { selectorText } from '../selectors.ts';
import type { KubeObject, LabelSelector } from '../types.ts';
import { AGE, type Column, NAME, text } from './column.ts';
import { ageOf, humanDuration } from './duration.ts';
import { podReady, podRestarts, podStatusText } from './pod-cells.ts';

function count(title: string, ...path: string[]): Column {
  return { name: title, type: 'integer', cell: (object) => numberOr(at(object, ...path)) };
}

function containersOf(object: KubeObject, ...path: string[]): unknown[] {
  return listOr(at(object, ...path, 'containers'));
}

function joined(list: unknown[], key: string): string {
  return list.map((item) => textOr(at(item, key))).join(',');
}

function selectorOf(object: KubeObject): string {
  const selector = at(object, 'spec', 'selector');
  return selectorText(isObject(selector) ? toSelector(selector) : undefined);
}

function toSelector(selector: object): LabelSelector {
  return selector;
}

function template(path: string[] = ['spec', 'template', 'spec']): Column[] {
  return [
    text('Containers', (object) => joined(containersOf(object, ...path), 'name'), true),
    text('Images', (object) => joined(containersOf(object, ...path), 'image'), true),
  ];
}

const SELECTOR: Column = text('Selector', selectorOf, true);

function ofWanted(object: KubeObject, ready: string): string {
  return `${numberOr(at(object, 'status', ready))}/${numberOr(at(object, 'spec', 'replicas'))}`;
}

function nodeSelector(object: KubeObject): string {
  const selector = Object.entries(objectOr(at(object, 'spec', 'template', 'spec', 'nodeSelector')));
  return selector.length === 0
    ? '<none>'
    : selector.map(([key, value]) => `${key}=${String(value)}`).join(',');
}

function jobStatus(object: KubeObject): string {
  const conditions = listOr(at(object, 'status', 'conditions')).filter(isObject);
  const holds = (type: string) => conditions.some((one) => one.type === type && one.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return holds('Suspended') ? 'Suspended' : 'Running';
}

function jobDuration(object: KubeObject, now: number): string {
  const start = at(object, 'status', 'startTime');
  if (typeof start !== 'string') return '';
  const end = at(object, 'status', 'completionTime');
  return humanDuration((typeof end === 'string' ? Date.parse(end) : now) - Date.parse(start));
}

export const WORKLOAD_COLUMNS: Record<string, Column[]> = {
  pods: [
    NAME,
    text('Ready', podReady),
    text('Status', podStatusText),
    text('Restarts', podRestarts),
    AGE,
    text('IP', (object) => textOr(at(object, 'status', 'podIP'), '<none>'), true),
    text('Node', (object) => textOr(at(object, 'spec', 'nodeName'), '<none>'), true),
    text('Nominated Node', (object) => textOr(at(object, 'status', 'nominatedNodeName'), '<none>'), true),
    text('Readiness Gates', () => '<none>', true),
  ],
  deployments: [
    NAME,
    text('Ready', (object) => ofWanted(object, 'readyReplicas')),
    text('Up-to-date', (object) => numberOr(at(object, 'status', 'updatedReplicas'))),
    text('Available', (object) => numberOr(at(object, 'status', 'availableReplicas'))),
    AGE,
    ...template(),
    SELECTOR,
  ],
  replicasets: [
    NAME,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    AGE,
    ...template(),
    SELECTOR,
  ],
  statefulsets: [NAME, text('Ready', (object) => ofWanted(object, 'readyReplicas')), AGE, ...template()],
  daemonsets: [
    NAME,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    text('Node Selector', nodeSelector),
    AGE,
    ...template(),
    SELECTOR,
  ],
  jobs: [
    NAME,
    text('Status', jobStatus),
    text(
      'Completions',
      (object) =>
        `${numberOr(at(object, 'status', 'succeeded'))}/${numberOr(at(object, 'spec', 'completions'), 1)}`,
    ),
    text('Duration', jobDuration),
    AGE,
    ...template(),
    SELECTOR,
  ],
  cronjobs: [
    NAME,
    text('Schedule', (object) => textOr(at(object, 'spec', 'schedule'))),
    text('Timezone', (object) => textOr(at(object, 'spec', 'timeZone'), '<none>')),
    {
      name: 'Suspend',
      type: 'boolean',
      cell: (object) => (at(object, 'spec', 'suspend') === true ? 'True' : 'False'),
    },
    { name: 'Active', type: 'integer', cell: (object) => listOr(at(object, 'status', 'active')).length },
    text('Last Schedule', (object, now) => {
      const last = at(object, 'status', 'lastScheduleTime');
      return last === undefined ? '<none>' : ageOf(last, now);
    }),
    AGE,
    ...template(['spec', 'jobTemplate', 'spec', 'template', 'spec']),
    text('Selector', () => '<none>', true),
  ],
};
