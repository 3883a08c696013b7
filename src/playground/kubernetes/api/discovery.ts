import type { JsonObject } from '../json.ts';
import { API_GROUPS, apiVersionOf, RESOURCES, type Resource } from '../resources.ts';
import { noSuchResource } from '../status.ts';
import { answerHealth } from './health.ts';
import { negotiate } from './negotiate.ts';
import { openApiDocument, openApiIndex } from './openapi.ts';
import { json, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** What /version answers; the minor version is the one the recordings were made with. */
const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-08-21T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
};

function groupOf(group: string): JsonObject {
  const versions = API_GROUPS.filter((one) => one.group === group).map(({ version }) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(group: string, version: string): JsonObject {
  const resources = RESOURCES.filter((one) => one.group === group && one.version === version);
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.flatMap(legacyEntries),
  };
}

function legacyEntries(resource: Resource): JsonObject[] {
  const main = {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
  };
  const subresources = resource.subresources.map((sub) => ({
    name: `${resource.plural}/${sub.name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }));
  return [main, ...subresources];
}

function aggregatedEntry(resource: Resource): JsonObject {
  const responseKind = (kind: string, group = '', version = '') => ({ group, version, kind });
  return {
    resource: resource.plural,
    responseKind: responseKind(resource.kind),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(resource.subresources.length === 0
      ? {}
      : {
          subresources: resource.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: responseKind(sub.kind, sub.group, sub.version),
            verbs: sub.verbs,
          })),
        }),
  };
}

function aggregated(groups: string[]): Reply {
  const items = groups.map((group) => ({
    metadata: group === '' ? {} : { name: group },
    versions: API_GROUPS.filter((one) => one.group === group).map(({ version }) => ({
      version,
      resources: RESOURCES.filter((one) => one.group === group && one.version === version).map(
        aggregatedEntry,
      ),
      freshness: 'Current',
    })),
  }));
  return {
    kind: 'json',
    status: 200,
    contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
  };
}

function groupNames(withMetrics: boolean): string[] {
  const names = new Set(API_GROUPS.map(({ group }) => group));
  return [...names].filter((group) => group !== '' && (withMetrics || group !== 'metrics.k8s.io'));
}

const PATHS = ['/healthz', '/livez', '/openapi/v3', '/readyz', '/version'];

function apiPaths(withMetrics: boolean): string[] {
  const groups = groupNames(withMetrics).flatMap((group) => [
    `/apis/${group}`,
    ...API_GROUPS.filter((one) => one.group === group).map(({ version }) => `/apis/${group}/${version}`),
  ]);
  return ['/api', '/api/v1', '/apis', ...groups, ...PATHS].sort();
}

/** The address under which clients of any network reach the server. */
function serverAddress(host: string): JsonObject {
  return { clientCIDR: '0.0.0.0/0', serverAddress: host };
}

/** Answers the paths that are no resources: discovery, version and health. */
export function answerPath(request: ApiRequest, host: string, withMetrics: boolean): Reply {
  const path = request.path.replace(/(.)\/$/, '$1');
  const [, first, ...rest] = path.split('/');
  if (first === 'livez' || first === 'readyz' || first === 'healthz') {
    const check = rest.length === 0 ? undefined : rest.join('/');
    return answerHealth(first, check, request.query.has('verbose'));
  }
  if (path === '/version') return json(200, VERSION);
  if (path === '/') return json(200, { paths: apiPaths(withMetrics) });
  if (path === '/openapi/v3') return json(200, openApiIndex(withMetrics));
  if (path.startsWith('/openapi/v3/')) {
    const document = openApiDocument(path.slice('/openapi/v3/'.length), withMetrics);
    if (document === undefined) return { kind: 'text', status: 404, body: '404 page not found\n' };
    return json(200, document);
  }
  if (first === 'openapi') throw noSuchResource();
  const { form } = negotiate(request.headers.accept, { discovery: true });
  if (path === '/api') {
    if (form === 'discovery') return aggregated(['']);
    return json(200, {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [serverAddress(host)],
    });
  }
  if (path === '/apis') {
    if (form === 'discovery') return aggregated(groupNames(withMetrics));
    return json(200, {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groupNames(withMetrics).map(groupOf),
    });
  }
  if (path === '/api/v1') return json(200, resourceList('', 'v1'));
  const [, , group = '', version] = path.split('/');
  if (first === 'apis') {
    if (!groupNames(withMetrics).includes(group))
      return { kind: 'text', status: 404, body: '404 page not found\n' };
    if (version === undefined) return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) });
    if (API_GROUPS.some((one) => one.group === group && one.version === version)) {
      return json(200, resourceList(group, version));
    }
  }
  throw noSuchResource();
}
