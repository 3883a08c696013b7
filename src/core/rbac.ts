import { ACCESS_REVIEW, type ApiRequest, CORE_DISCOVERY, DISCOVERY } from './api-request.ts';
import type { Catalog } from './catalog.ts';
import { type CheckedTemplate, checkTemplate } from './command/fill.ts';
import {
  ARGO_APPLICATION,
  type AskedKind,
  DAEMON_SET,
  DEPLOYMENT,
  FLUX_HELM_RELEASE,
  FLUX_KUSTOMIZATION,
  HORIZONTAL_POD_AUTOSCALER,
  JOB,
  type KindRef,
  NODE,
  POD,
  POD_DISRUPTION_BUDGET,
  REPLICA_SET,
  STATEFUL_SET,
} from './kinds.ts';
import { type ActionType, askedKindsOf, type Operation, requestsOf } from './operation.ts';
import type { Runbook } from './runbook.ts';

/** One resource of the API and the RBAC verbs that are needed on it, with the documents that need them. */
export type AccessRule = {
  /** Empty for the core group. */
  readonly group: string;
  /** `deployments`, `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly because: readonly string[];
};

/** One path of the API server that is no resource, to be read. */
export type PathRule = { readonly path: string; readonly because: readonly string[] };

/** What the two identities need, each sorted by group and resource. */
export type Access = {
  readonly reading: readonly AccessRule[];
  /** Beside the resources, for the reading identity; sorted. */
  readonly readingPaths: readonly PathRule[];
  /** Rehearsals and approved writes. Targets are looked at by the reading identity, so there is no read in here. */
  readonly writing: readonly AccessRule[];
  /** Actions that nobody can be asked to approve, and so need no right: a sentence each. */
  readonly leftOut: readonly string[];
};

type Need = ResourceNeed | PathNeed;
type PathNeed = { readonly path: string; readonly because: string };
type ResourceNeed = {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly because: string;
};

/**
 * The least that the documents need of a cluster. Reading: what their diagnostic and validating commands ask, and what
 * it takes to look at an action's target. Writing: the changes that a runbook's action names and a policy allows; both
 * have to speak for a change before it can be proposed, so one alone needs no right.
 */
export function leastAccess(catalog: Pick<Catalog, 'runbooks' | 'policies'>): Access {
  const reading: Need[] = [];
  const writing: ResourceNeed[] = [];
  const leftOut: string[] = [];
  for (const runbook of catalog.runbooks) {
    const reads = runbook.actions.flatMap(({ validate }) => (validate === null ? [] : [validate.run]));
    for (const line of [...runbook.diagnose.map(({ run }) => run), ...reads]) {
      reading.push(...needsOf(line, runbook, runbook.name).filter((need) => !isChange(need)));
    }
    for (const action of runbook.actions) {
      const services = servicesThatAllow(catalog, action.type);
      if (services.length === 0) {
        leftOut.push(`${runbook.name}, action ${action.id}: no policy allows ${action.type}`);
        continue;
      }
      reading.push(...safetyNeeds(action.type));
      for (const need of needsOf(action.run, runbook, `${runbook.name}, action ${action.id}`)) {
        if (isChange(need))
          writing.push({ ...need, because: `${need.because} (policies: ${services.join(', ')})` });
        else reading.push({ ...need, because: runbook.name });
      }
    }
  }
  for (const { service, allowedActions } of catalog.policies) {
    // A label of the namespace says whether a change may do without people.
    if (allowedActions.some(({ requireApproval }) => !requireApproval))
      reading.push({ group: '', resource: 'namespaces', verb: 'get', because: `policy ${service}` });
  }
  return {
    reading: merged(reading.filter((need) => 'verb' in need)),
    readingPaths: mergedPaths(reading.filter((need) => 'path' in need)),
    writing: merged(writing),
    leftOut: leftOut.toSorted(),
  };
}

const READ_VERBS: readonly string[] = ['get', 'list'];
/** Paths beside the resources are only ever read. */
export function isChange(need: Need): need is ResourceNeed {
  return 'verb' in need && !READ_VERBS.includes(need.verb);
}

const SAFETY = 'safety checks';
/** Git describes neither pods nor nodes, and a restart leaves what it says alone. */
const NOT_FROM_GIT: ReadonlySet<string> = new Set(['restart', 'delete_pod', 'drain']);
const MAY_SCALE: ReadonlySet<string> = new Set(['scale', 'patch']);

/** What the safety checks read for a change: the chain of owners, budgets, autoscalers, and who writes it from Git. */
function safetyNeeds(type: string): readonly Need[] {
  const needs = (verb: string, ...kinds: readonly KindRef[]): readonly Need[] =>
    kinds.map(({ group, resource }) => ({ group, resource, verb, because: SAFETY }));
  // Nodes taken out of use and back disturb no pod.
  if (type === 'cordon' || type === 'uncordon') return [];
  return [
    ...needs('get', POD, DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB),
    ...needs('list', POD_DISRUPTION_BUDGET),
    ...(MAY_SCALE.has(type) ? needs('list', HORIZONTAL_POD_AUTOSCALER) : []),
    ...(NOT_FROM_GIT.has(type)
      ? []
      : [...needs('list', ARGO_APPLICATION), ...needs('get', FLUX_KUSTOMIZATION, FLUX_HELM_RELEASE)]),
    ...(type === 'drain' ? needs('list', POD, NODE) : []),
  ];
}

export function servicesThatAllow(
  { policies }: Pick<Catalog, 'policies'>,
  type: ActionType,
): readonly string[] {
  const services = policies
    .filter(({ allowedActions }) => allowedActions.some((allowed) => allowed.type === type))
    .map(({ service }) => service);
  return [...new Set(services)].toSorted();
}

/** What a command of a runbook asks of the API, as RBAC names it. */
export function needsOf(line: string, runbook: Runbook, because: string): readonly Need[] {
  const types = Object.fromEntries(Object.entries(runbook.inputs).map(([name, { type }]) => [name, type]));
  const checked = checkTemplate(line, types);
  // Loading set such a runbook aside; what cannot run needs nothing.
  if (!isChecked(checked)) return [];
  const { operation } = checked;
  return [
    ...requestsOf(operation).flatMap((request) => needOf(request, because) ?? []),
    ...askedKindsOf(operation).flatMap((kind) => askedNeed(operation, kind, because) ?? []),
  ];
}

/** A kind of the cluster's own, by its plural and its group, which a document has to say. */
function askedNeed(operation: Operation, { asked, group }: AskedKind, because: string): ResourceNeed | null {
  if (group === null) return null;
  const named =
    operation.verb === 'get'
      ? operation.names.length > 0 || operation.objects !== undefined
      : operation.verb === 'describe' && operation.name !== null;
  return { group, resource: asked, verb: named ? 'get' : 'list', because };
}

function isChecked(checked: ReturnType<typeof checkTemplate>): checked is CheckedTemplate {
  return 'operation' in checked;
}

/** What every identity that is known may do (the bootstrap roles `system:discovery` and `system:basic-user`). */
const EVERYBODYS: readonly string[] = [DISCOVERY, CORE_DISCOVERY, ACCESS_REVIEW].map(
  ({ pathPattern }) => pathPattern,
);

/** The verb and resource that RBAC knows a request by: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb */
function needOf({ method, pathPattern }: ApiRequest, because: string): Need | null {
  if (EVERYBODYS.includes(pathPattern)) return null;
  if (!/^\/apis?\//.test(pathPattern)) return { path: pathPattern, because };
  const parts = pathPattern.split('/').slice(1);
  const isCore = parts[0] === 'api';
  const below = parts.slice(isCore ? 2 : 3);
  const inNamespace = below[0] === 'namespaces' && below.length > 2;
  const [resource = '', name, subresource] = inNamespace ? below.slice(2) : below;
  // The star of a kind that is asked for by name: `askedNeed` tells the name.
  if (resource === '*') return null;
  return {
    group: isCore ? '' : (parts[1] ?? ''),
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    verb: verbOf(method, name),
    because,
  };
}

function verbOf(method: ApiRequest['method'], name: string | undefined): string {
  switch (method) {
    case 'GET':
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PATCH':
    case 'DELETE':
      return method.toLowerCase();
  }
}

function merged(needs: readonly ResourceNeed[]): readonly AccessRule[] {
  const byResource = Map.groupBy(needs, ({ group, resource }) => `${group} ${resource}`);
  const sorted = [...byResource.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([, same]) => {
    const [first] = same;
    if (first === undefined) return [];
    return [
      {
        group: first.group,
        resource: first.resource,
        verbs: [...new Set(same.map(({ verb }) => verb))].toSorted(),
        because: [...new Set(same.map(({ because }) => because))].toSorted(),
      },
    ];
  });
}

function mergedPaths(needs: readonly PathNeed[]): readonly PathRule[] {
  const byPath = Map.groupBy(needs, ({ path }) => path);
  const rules = [...byPath].map(([path, same]) => ({
    path,
    because: [...new Set(same.map(({ because }) => because))].toSorted(),
  }));
  return rules.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
