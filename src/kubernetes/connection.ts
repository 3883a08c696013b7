import { type Cluster, KubeConfig, type RequestContext, type User } from '@kubernetes/client-node';
import type { Agent, Dispatcher } from 'undici';
import type { ClusterSettings } from '../core/settings.ts';
import { ownAgent } from './transport.ts';

/** A cluster's API server and one identity there. */
export type Connection = {
  readonly server: URL;
  /** The path below which the API lies, without a slash at the end: '' except behind proxies such as Rancher's. */
  readonly prefix: string;
  /** Puts credentials and the TLS connection pool into a request. @throws NoCredentials */
  authenticate(request: RequestContext): Promise<void>;
  close(): Promise<void>;
};

/** A credential could not be had. Only the kind of failure is kept: a plugin's own words may quote the credential. */
export class NoCredentials extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.name : 'unknown');
  }
}

export type ConnectionFault = { readonly fault: string };

type Located = {
  readonly config: KubeConfig;
  readonly cluster: Cluster;
  readonly server: URL;
  readonly prefix: string;
};

/** Reads the kubeconfig (or the pod's service account) and picks the context. */
function locate(settings: ClusterSettings, identity: 'reading' | 'writing'): Located | ConnectionFault {
  const fault = (says: string): ConnectionFault => ({ fault: `Cluster ${settings.name}: ${says}` });
  const config = new KubeConfig();
  try {
    if (settings.access === 'in-cluster') config.loadFromCluster();
    else config.loadFromFile(settings.access.kubeconfig);
  } catch (error) {
    return fault(loadFault(settings, error));
  }
  const wanted = identity === 'writing' ? (settings.writeContext ?? settings.context) : settings.context;
  if (wanted !== null) config.setCurrentContext(wanted);
  const context = config.getContextObject(config.getCurrentContext() ?? '');
  if (context === null) {
    const names = config.getContexts().map((one) => one.name);
    return fault(
      `the kubeconfig has no context ${wanted ?? config.getCurrentContext()}; it has ${names.join(', ') || 'none'}.`,
    );
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    return fault(`the context ${context.name} names a cluster that the kubeconfig does not have.`);
  if (!URL.canParse(cluster.server)) return fault('the server in the kubeconfig is no URL.');
  const server = new URL(cluster.server);
  if (server.protocol === 'http:' && !cluster.skipTLSVerify) {
    return fault(
      'the server is reached without TLS, which needs insecure-skip-tls-verify in the kubeconfig.',
    );
  }
  if (needsPlugin(config.getCurrentUser()) && !settings.allowExecAuth) {
    return fault(
      'its user needs a credential plugin, which is a program. Set allow_exec_auth for this cluster in firstmate.yaml to let it run, or use a service account token.',
    );
  }
  return { config, cluster, server, prefix: server.pathname.replace(/\/+$/, '') };
}

/**
 * One identity of a cluster. Nothing is contacted and no credential plugin runs here. The fault is a sentence that
 * names the cluster and quotes nothing of the file.
 */
export function openConnection(
  settings: ClusterSettings,
  identity: 'reading' | 'writing',
): Connection | ConnectionFault {
  const located = locate(settings, identity);
  if ('fault' in located) return located;
  const { config, server, prefix } = located;
  const pool = connectionPool();
  return { server, prefix, authenticate: authenticating(config, pool), close: pool.close };
}

/** Connections to one cluster that show nothing but a bearer token: no certificate or password of the kubeconfig. */
export type TokenConnections = {
  of(token: string): Connection;
  close(): Promise<void>;
};

export function openTokenConnections(settings: ClusterSettings): TokenConnections | ConnectionFault {
  const located = locate(settings, 'writing');
  if ('fault' in located) return located;
  const { cluster, server, prefix } = located;
  // TLS is the cluster's own and shows no client, so that connections may serve one token after the other.
  const pool = connectionPool();
  return {
    of(token) {
      const config = new KubeConfig();
      const name = 'minted';
      config.loadFromOptions({
        clusters: [cluster],
        users: [{ name, token }],
        contexts: [{ name, cluster: cluster.name, user: name }],
        currentContext: name,
      });
      return { server, prefix, authenticate: authenticating(config, pool), close: pool.close };
    },
    close: pool.close,
  };
}

function authenticating(
  config: KubeConfig,
  pool: ReturnType<typeof connectionPool>,
): Connection['authenticate'] {
  return async (request) => {
    await config.applySecurityAuthentication(request).catch((error: unknown) => {
      throw new NoCredentials(error);
    });
    request.setDispatcher(pool.keep(request.getDispatcher()));
  };
}

function loadFault(settings: ClusterSettings, error: unknown): string {
  if (settings.access === 'in-cluster') return 'firstmate does not run in a pod with a service account.';
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const why = typeof code === 'string' ? `cannot be read (${code})` : 'is not a kubeconfig';
  return `the kubeconfig ${settings.access.kubeconfig} ${why}.`;
}

/** Whether this user's credentials come from a program: the exec plugin, or the old gcp and azure providers. */
function needsPlugin(user: User | null): boolean {
  if (user?.exec !== undefined && user.exec !== null) return true;
  const provider: unknown = user?.authProvider;
  if (typeof provider !== 'object' || provider === null) return false;
  const name: unknown = Reflect.get(provider, 'name');
  const config: unknown = Reflect.get(provider, 'config');
  if (name === 'exec' || name === 'gcp' || name === 'azure') return true;
  return (
    typeof config === 'object' &&
    config !== null &&
    (Reflect.has(config, 'exec') || Reflect.has(config, 'cmd-path'))
  );
}

const KEEP_POOL_MS = 5 * 60_000;

/**
 * client-node makes a new agent, and so a new TLS connection, for every request. One is kept for five minutes: long
 * enough for a diagnosis, short enough that rotated certificates are picked up.
 */
function connectionPool() {
  let kept: { readonly dispatcher: Dispatcher; readonly since: number } | null = null;
  const own: Agent = ownAgent();
  const retired = new Set<Promise<void>>();
  const retire = (dispatcher: Dispatcher): void => {
    const closing = dispatcher.close().catch(() => undefined);
    retired.add(closing);
    void closing.finally(() => retired.delete(closing));
  };
  return {
    keep(fresh: Dispatcher | undefined): Dispatcher {
      if (fresh === undefined) return own;
      if (kept !== null && performance.now() - kept.since < KEEP_POOL_MS) return kept.dispatcher;
      if (kept !== null) retire(kept.dispatcher);
      kept = { dispatcher: fresh, since: performance.now() };
      return fresh;
    },
    async close(): Promise<void> {
      await Promise.all([own.destroy(), kept?.dispatcher.destroy(), ...retired]);
    },
  };
}
