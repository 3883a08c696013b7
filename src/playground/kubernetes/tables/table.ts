import type { Resource } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { CLUSTER_COLUMNS } from './cluster-columns.ts';
import { type Column, NAME } from './column.ts';
import { CORE_COLUMNS } from './core-columns.ts';
import { WORKLOAD_COLUMNS } from './workload-columns.ts';

const CREATED: Column = {
  name: 'Created At',
  type: 'string',
  cell: (object) => object.metadata.creationTimestamp,
};

// Kinds without a printer of their own get the name and the creation time.
const OTHERWISE: Column[] = [NAME, CREATED];

function columns(resource: Resource): Column[] {
  return (
    WORKLOAD_COLUMNS[resource.storage] ??
    CORE_COLUMNS[resource.storage] ??
    CLUSTER_COLUMNS[resource.storage] ??
    OTHERWISE
  );
}

export function columnsFor(resource: Resource) {
  return columns(resource).map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: '',
    priority: column.wide === true ? 1 : 0,
  }));
}

export function rowFor(resource: Resource, object: KubeObject, now: number) {
  const cells = columns(resource).map((column) => column.cell(object, now));
  const phase = resource.storage === 'pods' ? String(objectPhase(object)) : '';
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return ended
    ? { cells, conditions: [{ type: 'Completed', status: 'True', reason: phase, message }] }
    : { cells };
}

function objectPhase(object: KubeObject): unknown {
  const { status } = object;
  return typeof status === 'object' && status !== null && 'phase' in status ? status.phase : '';
}
