import { field, list, text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import { NODE, NODE_METRICS, POD_METRICS } from '../../core/kinds.ts';
import type { TopOperation } from '../../core/operation.ts';
import { ReadFailed } from '../faults.ts';
import { fetchObjects } from '../lists.ts';
import { bytes, millicores } from '../quantities.ts';
import type { Reading } from '../reading.ts';
import { columns } from '../table.ts';
import type { View } from './view.ts';

/** What something uses: thousandths of a core, bytes. */
type Usage = {
  readonly name: string;
  readonly namespace: string;
  readonly container: string | null;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
};

/** `kubectl top`: the busiest first. @throws ReadFailed, with a sentence of its own without a metrics API */
export async function top(reading: Reading, operation: TopOperation): Promise<View> {
  const kind = operation.what === 'pods' ? POD_METRICS : NODE_METRICS;
  const { name, selector } = operation;
  const namespace = operation.what === 'pods' ? operation.namespace : null;
  const { objects } = await fetchObjects(reading, { kind, namespace, name, selector }).catch(
    (error: unknown) => {
      throw withoutMetricsApi(reading, operation, error);
    },
  );
  return operation.what === 'pods' ? podsView(operation, objects) : nodesView(reading, operation, objects);
}

function withoutMetricsApi(reading: Reading, operation: TopOperation, error: unknown): unknown {
  const missing = error instanceof ReadFailed && (error.status === 404 || error.status === 503);
  if (
    !missing ||
    (error.status === 404 && operation.name !== null && error.serverWords.includes(operation.name))
  ) {
    return error;
  }
  return new ReadFailed(
    'not_found',
    `The cluster ${reading.cluster} has no metrics API (metrics.k8s.io); \`top\` needs metrics-server.`,
    error.status,
  );
}

function busiestFirst(usages: readonly Usage[], { sortBy }: TopOperation): readonly Usage[] {
  const cpu = (a: Usage, b: Usage): number => b.cpuMillicores - a.cpuMillicores;
  const memory = (a: Usage, b: Usage): number => b.memoryBytes - a.memoryBytes;
  return usages.toSorted((a, b) =>
    sortBy === 'memory' ? memory(a, b) || cpu(a, b) : cpu(a, b) || memory(a, b),
  );
}

function tableOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { noHeaders }: TopOperation,
): string {
  return columns(noHeaders === true ? rows : [header, ...rows]);
}

function usage(of: unknown, about: Pick<Usage, 'name' | 'namespace' | 'container'>): Usage {
  return {
    ...about,
    cpuMillicores: millicores(text(of, 'usage', 'cpu')),
    memoryBytes: bytes(text(of, 'usage', 'memory')),
  };
}

function podsView(operation: TopOperation, objects: readonly JsonObject[]): View {
  const each = objects.flatMap((pod) => {
    const about = { name: text(pod, 'metadata', 'name'), namespace: text(pod, 'metadata', 'namespace') };
    const containers = list(pod, 'containers').map((one) =>
      usage(one, { ...about, container: text(one, 'name') }),
    );
    if (operation.containers) return containers;
    const sum = (of: 'cpuMillicores' | 'memoryBytes') =>
      containers.reduce((total, one) => total + one[of], 0);
    return [
      { ...about, container: null, cpuMillicores: sum('cpuMillicores'), memoryBytes: sum('memoryBytes') },
    ];
  });
  const sorted = busiestFirst(each, operation);
  const everywhere = operation.namespace === null;
  const header = [
    ...(everywhere ? ['NAMESPACE'] : []),
    ...(operation.containers ? ['POD', 'NAME'] : ['NAME']),
    'CPU(cores)',
    'MEMORY(bytes)',
  ];
  const rows = sorted.map((one) => [
    ...(everywhere ? [one.namespace] : []),
    one.name,
    ...(one.container === null ? [] : [one.container]),
    `${one.cpuMillicores}m`,
    mebibytes(one.memoryBytes),
  ]);
  return {
    text: rows.length === 0 ? 'No resources found' : tableOf(header, rows, operation),
    facts: {
      items: sorted.map(({ container, ...one }) => (container === null ? one : { ...one, container })),
    },
    objects: [],
  };
}

async function nodesView(
  reading: Reading,
  operation: TopOperation,
  objects: readonly JsonObject[],
): Promise<View> {
  const sorted = busiestFirst(
    objects.map((node) =>
      usage(node, { name: text(node, 'metadata', 'name'), namespace: '', container: null }),
    ),
    operation,
  );
  const { objects: nodes } = await fetchObjects(reading, {
    kind: NODE,
    namespace: null,
    name: operation.name,
  });
  const items = sorted.map(({ name, cpuMillicores, memoryBytes }) => {
    const node = nodes.find((one) => text(one, 'metadata', 'name') === name);
    const allocatable = field(node, 'status', 'allocatable');
    const percent = (used: number, of: number) => (of === 0 ? 0 : Math.floor((used * 100) / of));
    return {
      name,
      cpuMillicores,
      memoryBytes,
      cpuPercent: percent(cpuMillicores, millicores(text(allocatable, 'cpu'))),
      memoryPercent: percent(memoryBytes, bytes(text(allocatable, 'memory'))),
    };
  });
  const rows = items.map((one) => [
    one.name,
    `${one.cpuMillicores}m`,
    `${one.cpuPercent}%`,
    mebibytes(one.memoryBytes),
    `${one.memoryPercent}%`,
  ]);
  return {
    text: tableOf(['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], rows, operation),
    facts: { items },
    objects: [],
  };
}

function mebibytes(count: number): string {
  return `${Math.floor(count / (1024 * 1024))}Mi`;
}
