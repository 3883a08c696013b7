import { AuthorizationV1Api, createConfiguration, ServerConfiguration } from '@kubernetes/client-node';
import { planId } from '../core/ids.ts';
import type { Access, AccessRule } from '../core/rbac.ts';
import type { ClusterSettings, Limits } from '../core/settings.ts';
import { type Connection, openConnection, openTokenConnections } from './connection.ts';
import { type GateOptions, type GateRefusal, openGate } from './gate.ts';
import { fixedIdentity, mintedIdentity, NoWriteToken } from './write-identity.ts';

export type Permission = {
  readonly identity: 'reading' | 'writing';
  readonly verb: string;
  /** With its group: `deployments.apps`, `pods/log`; or a path that is no resource: `/readyz`. */
  readonly resource: string;
  readonly allowed: boolean;
  /** Whether firstmate needs it (true), or must not have it (false). */
  readonly wanted: boolean;
};

export type PermissionReport =
  | { readonly status: 'ok'; readonly permissions: readonly Permission[] }
  | { readonly status: 'failed'; readonly says: string };

type Asked =
  | { readonly group: string; readonly resource: string; readonly subresource?: string }
  | { readonly path: string };
type Question = Pick<Permission, 'identity' | 'verb' | 'wanted'> & { readonly about: Asked };

/** What the documents need, and what neither identity should have. */
function questionsOf(access: Access): readonly Question[] {
  const needed = (identity: Question['identity'], rules: readonly AccessRule[]): readonly Question[] =>
    rules.flatMap(({ group, resource: path, verbs }) => {
      const [resource = '', subresource] = path.split('/');
      const named = subresource === undefined ? { group, resource } : { group, resource, subresource };
      return verbs.map((verb) => ({ identity, verb, wanted: true, about: named }));
    });
  const secrets = { verb: 'list', about: { group: '', resource: 'secrets' }, wanted: false } as const;
  return [
    ...needed('reading', access.reading),
    ...access.readingPaths.map(
      ({ path }): Question => ({ identity: 'reading', verb: 'get', about: { path }, wanted: true }),
    ),
    { identity: 'reading', ...secrets },
    ...needed('writing', access.writing),
    { identity: 'writing', ...secrets },
  ];
}

/**
 * What the reading and the writing identity of a cluster may do of what firstmate needs, in all namespaces, asked with
 * SelfSubjectAccessReviews. An identity that may do less than everywhere is told as not allowed.
 */
export async function permissions(
  settings: ClusterSettings,
  access: Access,
  options: {
    readonly limits: Limits;
    readonly onRefused: (refusal: GateRefusal) => void;
    readonly signal: AbortSignal;
    readonly now: () => Date;
  },
): Promise<PermissionReport> {
  const reading = openConnection(settings, 'reading');
  const writing = openConnection(settings, 'writing');
  const minted = settings.writeToken === null ? null : openTokenConnections(settings);
  if ('fault' in reading) return { status: 'failed', says: reading.fault };
  if ('fault' in writing) return { status: 'failed', says: writing.fault };
  if (minted !== null && 'fault' in minted) return { status: 'failed', says: minted.fault };
  try {
    const own = gateOf(settings.name, writing, options);
    const identity =
      settings.writeToken === null || minted === null
        ? fixedIdentity(own)
        : mintedIdentity({ gate: own, token: settings.writeToken, connections: minted, now: options.now });
    const reviews = {
      reading: reviewer(gateOf(settings.name, reading, options), options),
      writing: reviewer(await identity.gateFor(planId('permissions'), options.signal), options),
    };
    const answers = await Promise.all(
      questionsOf(access).map((question) => reviews[question.identity](question)),
    );
    return { status: 'ok', permissions: answers };
  } catch (error) {
    if (error instanceof NoWriteToken) return { status: 'failed', says: error.message };
    const why = error instanceof Error ? error.name : 'unknown';
    return {
      status: 'failed',
      says: `Cluster ${settings.name}: it could not be asked what firstmate may do there (${why}). Check that it can be reached and knows the identity.`,
    };
  } finally {
    await Promise.all([reading.close(), writing.close(), minted?.close()]);
  }
}

function gateOf(
  cluster: string,
  connection: Connection,
  options: Parameters<typeof permissions>[2],
): GateOptions {
  return {
    cluster,
    connection,
    responseBytes: options.limits.responseBytes,
    writeTimeoutMs: options.limits.writeTimeoutMs,
    protectedNamespaces: [],
    onRefused: options.onRefused,
  };
}

function reviewer(
  gate: GateOptions,
  options: Parameters<typeof permissions>[2],
): (question: Question) => Promise<Permission> {
  const { connection } = gate;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limits.stepTimeoutMs)]);
  const api = new AuthorizationV1Api(
    createConfiguration({
      baseServer: new ServerConfiguration(`${connection.server.origin}${connection.prefix}`, {}),
      httpApi: openGate(gate, { kind: 'read' }),
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
  return async ({ identity, verb, about, wanted }) => {
    const review = await api.createSelfSubjectAccessReview({
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec:
          'path' in about
            ? { nonResourceAttributes: { verb, ...about } }
            : { resourceAttributes: { verb, ...about } },
      },
    });
    return { identity, verb, resource: nameOf(about), allowed: review.status?.allowed === true, wanted };
  };
}

function nameOf(about: Asked): string {
  if ('path' in about) return about.path;
  const { group, resource, subresource } = about;
  return `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
}
