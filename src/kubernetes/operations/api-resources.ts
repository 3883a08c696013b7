import { CORE_DISCOVERY, DISCOVERY } from '../../core/api-request.ts';
import { apiVersionOf } from '../../core/kinds.ts';
import type { ApiResourcesOperation } from '../../core/operation.ts';
import { allEnded } from '../concurrency.ts';
import { type ServedKind, servedFacts, servedKinds } from '../discovery.ts';
import type { Reading } from '../reading.ts';
import { columns } from '../table.ts';
import type { View } from './view.ts';

/** `kubectl api-resources`: each kind in the version that the server prefers. @throws ReadFailed */
export async function apiResources(reading: Reading, operation: ApiResourcesOperation): Promise<View> {
  const { group, namespaced } = operation;
  const paths = [
    ...(group === null || group === '' ? [CORE_DISCOVERY.pathPattern] : []),
    ...(group === '' ? [] : [DISCOVERY.pathPattern]),
  ];
  const served = (await allEnded(paths.map((path) => servedKinds(reading, path)))).flat();
  const kinds = preferred(served)
    .filter((kind) => group === null || kind.group === group)
    .filter((kind) => namespaced === null || kind.namespaced === namespaced)
    .toSorted((a, b) => byText(a.group, b.group) || byText(a.resource, b.resource));
  return { text: textOf(operation, kinds), facts: { items: kinds.map(servedFacts) }, objects: [] };
}

/** A group's first version that serves a resource is the one that the server prefers. */
function preferred(served: readonly ServedKind[]): readonly ServedKind[] {
  const byResource = Map.groupBy(served, ({ group, resource }) => `${resource}.${group}`);
  return [...byResource.values()].flatMap(([first]) => first ?? []);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf({ output, noHeaders }: ApiResourcesOperation, kinds: readonly ServedKind[]): string {
  if (output === 'name') {
    return kinds.map(({ resource, group }) => (group === '' ? resource : `${resource}.${group}`)).join('\n');
  }
  const wide = output === 'wide';
  const header = [
    'NAME',
    'SHORTNAMES',
    'APIVERSION',
    'NAMESPACED',
    'KIND',
    ...(wide ? ['VERBS', 'CATEGORIES'] : []),
  ];
  const rows = kinds.map((kind) => [
    ...[kind.resource, kind.shortNames.join(','), apiVersionOf(kind), String(kind.namespaced), kind.kind],
    ...(wide ? [kind.verbs.join(','), kind.categories.join(',')] : []),
  ]);
  return columns(noHeaders === true ? rows : [header, ...rows]);
}
