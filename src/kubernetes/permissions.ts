import { AuthorizationV1Api, createConfiguration, ServerConfiguration } from '@kubernetes/client-node';
import type { ClusterSettings, Limits } from '../core/settings.ts';
import { type Connection, openConnection } from './connection.ts';
import { type GateRefusal, openGate } from './gate.ts';

export type Permission = {
  readonly identity: 'reading' | 'writing';
  readonly verb: string;
  /** With its group: `deployments.apps`, `pods/log`. */
  readonly resource: string;
  readonly allowed: boolean;
  /** Whether firstmate needs it (true), or must not have it (false). */
  readonly wanted: boolean;
};

export type PermissionReport =
  | { readonly status: 'ok'; readonly permissions: readonly Permission[] }
  | { readonly status: 'failed'; readonly says: string };

type Question = Pick<Permission, 'identity' | 'verb' | 'wanted'> & {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
};

const need = (
  identity: Question['identity'],
  verb: string,
  group: string,
  ...resources: string[]
): Question[] => resources.map((resource) => ({ identity, verb, group, resource, wanted: true }));

const QUESTIONS: readonly Question[] = [
  ...need('reading', 'list', '', 'pods', 'events', 'nodes', 'services', 'configmaps', 'namespaces'),
  { identity: 'reading', verb: 'get', group: '', resource: 'pods', subresource: 'log', wanted: true },
  ...need(
    'reading',
    'list',
    'apps',
    'deployments',
    'replicasets',
    'statefulsets',
    'daemonsets',
    'controllerrevisions',
  ),
  ...need('reading', 'list', 'batch', 'jobs'),
  ...need('reading', 'list', 'autoscaling', 'horizontalpodautoscalers'),
  ...need('reading', 'list', 'metrics.k8s.io', 'pods', 'nodes'),
  { identity: 'reading', verb: 'list', group: '', resource: 'secrets', wanted: false },
  ...need('writing', 'patch', 'apps', 'deployments', 'statefulsets', 'daemonsets'),
  ...need('writing', 'delete', '', 'pods'),
  { identity: 'writing', verb: 'list', group: '', resource: 'secrets', wanted: false },
];

/**
 * What the reading and the writing identity of a cluster may do of what firstmate needs, in all namespaces, asked with
 * SelfSubjectAccessReviews. An identity that may do less than everywhere is told as not allowed.
 */
export async function permissions(
  settings: ClusterSettings,
  options: {
    readonly limits: Limits;
    readonly onRefused: (refusal: GateRefusal) => void;
    readonly signal: AbortSignal;
  },
): Promise<PermissionReport> {
  const reading = openConnection(settings, 'reading');
  const writing = openConnection(settings, 'writing');
  if ('fault' in reading) return { status: 'failed', says: reading.fault };
  if ('fault' in writing) return { status: 'failed', says: writing.fault };
  try {
    const reviews = {
      reading: reviewer(settings.name, reading, options),
      writing: reviewer(settings.name, writing, options),
    };
    const answers = await Promise.all(QUESTIONS.map((question) => reviews[question.identity](question)));
    return { status: 'ok', permissions: answers };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown';
    return {
      status: 'failed',
      says: `Cluster ${settings.name}: it could not be asked what firstmate may do there (${why}). Check that it can be reached and knows the identity.`,
    };
  } finally {
    await Promise.all([reading.close(), writing.close()]);
  }
}

function reviewer(
  cluster: string,
  connection: Connection,
  options: Parameters<typeof permissions>[1],
): (question: Question) => Promise<Permission> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limits.stepTimeoutMs)]);
  const api = new AuthorizationV1Api(
    createConfiguration({
      baseServer: new ServerConfiguration(`${connection.server.origin}${connection.prefix}`, {}),
      httpApi: openGate(
        {
          cluster,
          connection,
          responseBytes: options.limits.responseBytes,
          protectedNamespaces: [],
          onRefused: options.onRefused,
        },
        { kind: 'read' },
      ),
      authMethods: {
        default: {
          getName: () => 'kubeconfig',
          applySecurityAuthentication: async (request) => {
            await connection.authenticate(request);
            request.setSignal(signal);
          },
        },
      },
    }),
  );
  return async ({ identity, verb, group, resource, subresource, wanted }) => {
    const review = await api.createSelfSubjectAccessReview({
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            verb,
            group,
            resource,
            ...(subresource === undefined ? {} : { subresource }),
          },
        },
      },
    });
    const named = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
    return { identity, verb, resource: named, allowed: review.status?.allowed === true, wanted };
  };
}
