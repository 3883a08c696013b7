import { DISCOVERY } from '../core/api-request.ts';
import { list, text } from '../core/facts/fields.ts';
import type { JsonObject } from '../core/json.ts';
import {
  type AskedKind,
  apiVersionOf,
  askedText,
  forbiddenKind,
  isAsked,
  KINDS,
  type KindRef,
  type ReadKind,
  sameKind,
} from '../core/kinds.ts';
import { type Question, ReadFailed } from './faults.ts';
import { parseObject } from './objects.ts';
import type { Reading } from './reading.ts';

/** All of a server's groups in one answer (Kubernetes API concepts, "Aggregated discovery"; since 1.26). */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** A kind as a cluster says that it serves it. */
export type ServedKind = KindRef & {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
};

/**
 * What the server serves below `path`, `/api` or `/apis`: every version of every group, the preferred one first.
 * @throws ReadFailed
 */
export async function servedKinds(reading: Reading, path: string): Promise<readonly ServedKind[]> {
  const question: Question = { verb: 'get', resource: path, namespace: null, name: null };
  const answer = await reading.get({ ...question, path, accept: ACCEPT });
  const body = parseObject(reading.cluster, question, answer.text);
  if (body.kind !== 'APIGroupDiscoveryList') {
    throw new ReadFailed(
      'rejected',
      `The cluster ${reading.cluster} does not list its kinds in one answer, as Kubernetes does since 1.26.`,
    );
  }
  return list(body, 'items').flatMap((group) =>
    list(group, 'versions').flatMap((version) =>
      list(version, 'resources').flatMap((resource) =>
        servedKind(resource, text(group, 'metadata', 'name'), text(version, 'version')),
      ),
    ),
  );
}

const PART = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Names that cannot stand in a path are left out: they are the cluster's words, not ours. */
function servedKind(resource: unknown, group: string, version: string): readonly ServedKind[] {
  const plural = text(resource, 'resource');
  const parts = [plural, version, ...(group === '' ? [] : [group])];
  if (parts.some((part) => !PART.test(part))) return [];
  const strings = (key: string): readonly string[] =>
    list(resource, key).flatMap((one) => (typeof one === 'string' ? [one] : []));
  return [
    {
      kind: text(resource, 'responseKind', 'kind'),
      resource: plural,
      group,
      version,
      namespaced: text(resource, 'scope') === 'Namespaced',
      singular: text(resource, 'singularResource'),
      shortNames: strings('shortNames'),
      verbs: strings('verbs'),
      categories: strings('categories'),
    },
  ];
}

/** The kinds of an operation as the table and the cluster know them, asked for once. @throws ReadFailed */
export async function knownKinds(
  reading: Reading,
  kinds: readonly ReadKind[],
): Promise<(kind: ReadKind) => KindRef> {
  const asked = kinds.filter(isAsked);
  const served =
    asked.length === 0 ? [] : await servedKinds(reading.within({ only: [DISCOVERY] }), DISCOVERY.pathPattern);
  const found = new Map(
    asked.map((kind) => [askedText(kind), served.length === 0 ? undefined : findKind(served, kind)]),
  );
  return (kind) => {
    if (!isAsked(kind)) return kind;
    const known = found.get(askedText(kind));
    if (known !== undefined) return checkedKind(reading, kind, known);
    throw new ReadFailed(
      'not_found',
      `The cluster ${reading.cluster} serves no kind called ${askedText(kind)}.`,
    );
  };
}

/** As kubectl looks: a plural, singular or kind before a short name, in the order of the server's groups. */
function findKind(
  served: readonly ServedKind[],
  { asked, group, version }: AskedKind,
): ServedKind | undefined {
  const readable = served.filter(
    (kind) =>
      kind.verbs.includes('get') &&
      kind.verbs.includes('list') &&
      (group === null || kind.group === group) &&
      (version === null || kind.version === version),
  );
  return (
    readable.find((kind) => [kind.resource, kind.singular, kind.kind.toLowerCase()].includes(asked)) ??
    readable.find((kind) => kind.shortNames.includes(asked))
  );
}

/** A short name may lead to what no spelling may: what was found is judged again. @throws ReadFailed */
function checkedKind(reading: Reading, asked: AskedKind, found: ServedKind): KindRef {
  const names = [found.resource, found.singular, found.kind.toLowerCase(), ...found.shortNames];
  const refused = forbiddenKind({ names, group: found.group });
  if (refused !== null) {
    throw new ReadFailed(
      'rejected',
      `In the cluster ${reading.cluster} ${askedText(asked)} means ${found.resource}.${found.group}: ${refused.says}.`,
    );
  }
  const { kind, resource, group, version, namespaced } = found;
  const plain = { kind, resource, group, version, namespaced };
  const table = KINDS.find((known) => sameKind(known, plain));
  return table !== undefined && apiVersionOf(table) === apiVersionOf(plain) ? table : plain;
}

/** For facts and for people who asked what there is. */
export function servedFacts(kind: ServedKind): JsonObject {
  return {
    name: kind.resource,
    shortNames: [...kind.shortNames],
    apiVersion: apiVersionOf(kind),
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: [...kind.verbs],
  };
}
