import { at, type JsonObject, listOr, objectOr, textOr } from '../json.ts';
import type { Resource } from '../resources.ts';
import { forbidden } from '../status.ts';
import type { Store } from '../store.ts';
import { quantity } from './validate.ts';

/** Fills in a LimitRange's defaults for containers and refuses what is above its maximum. */
export function withLimits(
  store: Store,
  resource: Resource,
  namespace: string,
  name: string,
  spec: JsonObject,
): JsonObject {
  const limits = store
    .list('limitranges', namespace)
    .flatMap((range) => listOr(at(range, 'spec', 'limits')))
    .filter((limit) => at(limit, 'type') === 'Container');
  if (limits.length === 0) return spec;
  const containers = listOr(spec.containers).map((container) => {
    let limited = objectOr(container);
    for (const limit of limits) limited = limitContainer(resource, name, limited, limit);
    return limited;
  });
  return { ...spec, containers };
}

function limitContainer(resource: Resource, pod: string, container: JsonObject, limit: unknown): JsonObject {
  const resources = objectOr(container.resources);
  const limits = { ...objectOr(at(limit, 'default')), ...objectOr(resources.limits) };
  for (const [kind, most] of Object.entries(objectOr(at(limit, 'max')))) {
    if (limits[kind] === undefined || quantity(limits[kind]) <= quantity(most)) continue;
    const why = `maximum ${kind} usage per Container is ${String(most)}, but limit is ${String(limits[kind])}`;
    throw forbidden(resource, pod, why);
  }
  const requests = {
    ...objectOr(at(limit, 'defaultRequest')),
    ...objectOr(resources.limits),
    ...objectOr(resources.requests),
  };
  return { ...container, resources: { ...resources, limits, requests } };
}

function format(kind: string, value: number): string {
  if (kind.endsWith('cpu')) {
    const millis = Math.round(value * 1000);
    return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
  }
  if (!kind.endsWith('memory')) return String(value);
  const mebibytes = value / 2 ** 20;
  return mebibytes % 1024 === 0 && mebibytes > 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

function requestedBy(spec: JsonObject, kind: string): number {
  if (kind === 'pods') return 1;
  const [list = '', name = ''] = kind.split('.');
  return listOr(spec.containers).reduce<number>((sum, container) => {
    const value = at(container, 'resources', list, name);
    return sum + (value === undefined ? 0 : quantity(value));
  }, 0);
}

/** Refuses a pod that would take a namespace over one of its quotas. */
export function checkQuota(
  store: Store,
  resource: Resource,
  namespace: string,
  name: string,
  spec: JsonObject,
): void {
  for (const quota of store.list('resourcequotas', namespace)) {
    const used = objectOr(at(quota, 'status', 'used'));
    const over = Object.entries(objectOr(at(quota, 'spec', 'hard')))
      .filter(([kind]) => kind === 'pods' || /^(requests|limits)\.(cpu|memory)$/.test(kind))
      .map(([kind, hard]) => ({ kind, hard: textOr(hard), asked: requestedBy(spec, kind) }))
      .filter(({ kind, hard, asked }) => asked > 0 && quantity(used[kind] ?? 0) + asked > quantity(hard))
      .sort((left, right) => (left.kind < right.kind ? -1 : 1));
    if (over.length === 0) continue;
    const text = (value: (one: (typeof over)[number]) => string) =>
      over.map((one) => `${one.kind}=${value(one)}`).join(',');
    throw forbidden(
      resource,
      name,
      `exceeded quota: ${quota.metadata.name}, requested: ${text(({ kind, asked }) => format(kind, asked))}, used: ${text(({ kind }) => String(used[kind] ?? 0))}, limited: ${text(({ hard }) => hard)}`,
    );
  }
}
