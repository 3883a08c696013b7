import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  authenticate,
  impersonated,
  issueToken,
  serviceAccountUser,
  type Tokens,
} from './access/authenticate.ts';
import { type AlertBook, createAlertBook, type PlaygroundAlert, type ScenarioHealth } from './alerts.ts';
import type { ApiContext } from './api/context.ts';
import { json, type Reply, send } from './api/reply.ts';
import type { ApiRequest } from './api/request.ts';
import { answer } from './api/router.ts';
import { createClock } from './clock.ts';
import { CONTROLLERS } from './controllers/all.ts';
import { createFaults, type FaultKind } from './faults.ts';
import { readBody, streamWatch } from './http.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { listen } from './listener.ts';
import { simulatedLogs } from './log-source.ts';
import { answerOwn } from './own-endpoints.ts';
import { loadRecordedCluster, recordedLogs, recordedTime } from './recorded-cluster.ts';
import { bodyOf, createRecorder, isDryRunRequest, type RecordedRequest } from './recorder.ts';
import { findScenario } from './scenarios/all.ts';
import { advance, type Controller, type Simulation, settle } from './simulation.ts';
import { failure, StatusError } from './status.ts';
import { createStore } from './store.ts';
import { ACCESS_OBJECTS } from './world/access.ts';
import { create } from './world/create.ts';
import { buildWorld, WORLD_AGE_MS } from './world/world.ts';

export type PlaygroundCluster = {
  readonly url: string;
  /**
   * YAML with the contexts `<name>` (reads), `<name>-writer` and `<name>-admin` over HTTP, and each again with
   * `-tls` behind it over HTTPS: kubectl sends no token without TLS.
   */
  readonly kubeconfig: string;
  readonly requests: readonly RecordedRequest[];
  /** Breaks something; throws on an unknown name and lists the known ones. */
  breakScenario(name: string): void;
  /** Moves the simulated clock by ms; the controllers run at every time they wait for. */
  advance(ms: number): void;
  /** The simulated time in ms since the epoch. */
  now(): number;
  /** The alerts of the scenarios broken so far, as Alertmanager would tell them now. */
  alerts(): PlaygroundAlert[];
  health(): ScenarioHealth[];
  /** All stored objects. */
  snapshot(): unknown[];
  /** Tells of every change of the cluster's state; gives the function that stops it. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
};

export type PlaygroundClusterOptions = {
  name: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** `manual` (default) starts at a fixed time and moves only by advance; `running` follows the real clock. */
  clock?: 'manual' | 'running';
  /** How much faster than the real clock a running one goes; 1 by default. */
  speed?: number;
  /** A folder with a recorded cluster, which is served as it is: no controller runs. */
  snapshotDir?: string;
  /** More users beside the three of the kubeconfig, each with the bearer token it comes with. */
  users?: readonly { token: string; name: string; uid?: string; groups: readonly string[] }[];
};

/** A quiet night: the time at which a cluster with a manual clock starts. */
const MANUAL_START = Date.parse('2026-03-14T02:07:00Z');
const TICK_MS = 50;
const METRICS = 'metrics.k8s.io/v1beta1';

function newSimulation(startMs: number): Simulation {
  let serial = 0;
  return {
    store: createStore(),
    clock: createClock(startMs),
    images: new Map(),
    runtimes: new Map(),
    serial: () => {
      serial += 1;
      return serial;
    },
  };
}

function newTokens(simulation: Simulation): {
  tokens: Tokens;
  reader: string;
  writer: string;
  admin: string;
} {
  const tokens: Tokens = new Map();
  const account = (name: string) => {
    const uid = simulation.store.get('serviceaccounts', 'firstmate', name)?.metadata.uid;
    return issueToken(tokens, serviceAccountUser('firstmate', name, uid));
  };
  const admin = { name: 'playground-admin', groups: ['system:masters', 'system:authenticated'] };
  return { tokens, reader: account('reader'), writer: account('writer'), admin: issueToken(tokens, admin) };
}

/** Starts a Kubernetes API server on loopback with a small simulated cluster behind it. */
export async function startPlaygroundCluster(options: PlaygroundClusterOptions): Promise<PlaygroundCluster> {
  const { snapshotDir, clock = 'manual', speed = 1 } = options;
  const recorded = snapshotDir === undefined ? undefined : (recordedTime(snapshotDir) ?? MANUAL_START);
  const start = recorded ?? (clock === 'running' ? Date.now() : MANUAL_START);
  const simulation = newSimulation(snapshotDir === undefined ? start - WORLD_AGE_MS : start);
  const controllers: readonly Controller[] = snapshotDir === undefined ? CONTROLLERS : [];
  if (snapshotDir === undefined) {
    buildWorld(simulation);
  } else {
    // A recording shows its own namespaces; the identities need none to be known.
    const access = ACCESS_OBJECTS.filter(({ kind }) => kind !== 'Namespace');
    for (const object of access) create(simulation, object);
    loadRecordedCluster(simulation, snapshotDir);
  }
  const { tokens, ...users } = newTokens(simulation);
  for (const { token, groups, ...user } of options.users ?? []) {
    tokens.set(token, { ...user, groups: [...groups, 'system:authenticated'] });
  }
  const logs = snapshotDir === undefined ? simulatedLogs(simulation) : recordedLogs(snapshotDir, start);
  const book = createAlertBook(simulation, options.name);
  const listeners = new Set<() => void>();
  const changed = (act: () => void): void => {
    const before = simulation.store.resourceVersion();
    act();
    book.observe();
    if (simulation.store.resourceVersion() === before) return;
    for (const listener of [...listeners]) listener();
  };
  const faults = createFaults();
  const recorder = createRecorder();
  const controls = {
    faults,
    book,
    requests: recorder.requests,
    advance: (ms: number) => changed(() => advance(simulation, controllers, ms)),
    breakScenario: (name: string) =>
      changed(() => {
        const scenario = findScenario(name);
        scenario.apply(simulation);
        book.broke(scenario);
        settle(simulation, controllers);
      }),
  };
  const withMetrics =
    snapshotDir === undefined || simulation.store.all().some(({ apiVersion }) => apiVersion === METRICS);
  const context: ApiContext = { simulation, tokens, logs, withMetrics };
  const afterRequest = () => changed(() => settle(simulation, controllers));
  const listener = await listen(options.port ?? 0, (request, response) => {
    serve({ context, controls, recorder, afterRequest }, request, response).catch(() => response.destroy());
  });
  const host = `127.0.0.1:${listener.port}`;
  const timer = clock === 'running' ? runClock(controls.advance, speed) : undefined;
  return {
    url: `http://${host}`,
    kubeconfig: writeKubeconfig(options.name, host, users),
    requests: recorder.requests,
    breakScenario: controls.breakScenario,
    advance: controls.advance,
    now: () => simulation.clock.now(),
    alerts: () => book.alerts(),
    health: () => book.health(),
    snapshot: () => structuredClone(simulation.store.all()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      clearInterval(timer);
      await listener.stop();
    },
  };
}

function runClock(move: (ms: number) => void, speed: number): NodeJS.Timeout {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    move(Math.round((now - last) * speed));
    last = now;
  }, TICK_MS);
  return timer.unref();
}

type Serving = {
  context: ApiContext;
  controls: Parameters<typeof answerOwn>[0] & { book: AlertBook };
  recorder: ReturnType<typeof createRecorder>;
  afterRequest: () => void;
};

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const [path = '/', search = ''] = url.split('?');
  const body = await readBody(request).catch((error: unknown) => {
    if (error instanceof StatusError) return error;
    throw error;
  });
  if (path.startsWith('/_playground/')) {
    const own = answerOwn(serving.controls, method, path, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
    if (own.kind !== 'watch') send(response, own);
    return;
  }
  const query = new URLSearchParams(search);
  const content = Buffer.isBuffer(body) ? bodyOf(body) : undefined;
  const user = tokenOwner(serving.context, request);
  const end = serving.recorder.begin({
    at: new Date(serving.context.simulation.clock.now()).toISOString(),
    method,
    path: url,
    dryRun: isDryRunRequest(method, query, content),
    user,
    ...(content === undefined ? {} : { body: content }),
  });
  const fault = serving.controls.faults.take(method, url);
  const early = await beforeAnswer(fault, response);
  if (early !== undefined) {
    end({ status: early.kind === 'watch' ? 0 : early.status, applied: false });
    if (early.kind !== 'watch') send(response, early);
    return;
  }
  if (response.destroyed) return;
  const reply = answerSafely(serving.context, request, { method, path, query, body });
  if (reply.kind === 'watch') {
    end({ status: 200, applied: true });
    streamWatch(serving.context.simulation.store, reply.watch, response);
    return;
  }
  if (method !== 'GET') serving.afterRequest();
  end({ status: fault?.kind === 'reset_after_apply' ? 0 : reply.status, applied: true });
  if (fault?.kind === 'reset_after_apply') response.destroy();
  else send(response, reply);
}

function tokenOwner(context: ApiContext, request: IncomingMessage): string {
  try {
    return authenticate(context.tokens, request.headers.authorization).name;
  } catch {
    return 'unknown';
  }
}

/** What a fault does before the request has any effect: an answer in its place, a cut connection, or a wait. */
async function beforeAnswer(
  fault: FaultKind | undefined,
  response: ServerResponse,
): Promise<Reply | undefined> {
  switch (fault?.kind) {
    case undefined:
    case 'reset_after_apply':
      return undefined;
    case 'reset_before_apply':
      response.destroy();
      return undefined;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return undefined;
    case 'error':
      return json(500, failure(new StatusError(500, 'InternalError', fault.message)));
    case 'status': {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
      const reasons: Record<number, string> = {
        429: 'TooManyRequests',
        503: 'ServiceUnavailable',
        504: 'Timeout',
      };
      const message = 'a fault that was asked for';
      return json(
        fault.status,
        failure(new StatusError(fault.status, reasons[fault.status] ?? 'InternalError', message)),
      );
    }
  }
}

function answerSafely(
  context: ApiContext,
  request: IncomingMessage,
  parts: { method: string; path: string; query: URLSearchParams; body: Buffer | StatusError },
): Reply {
  try {
    if (parts.body instanceof StatusError) throw parts.body;
    const { headers } = request;
    const groups = headers['impersonate-group'];
    const owner = authenticate(context.tokens, headers.authorization);
    const asked = headers['impersonate-user'];
    const { user, denied } = impersonated(owner, {
      user: typeof asked === 'string' ? asked : undefined,
      groups: groups === undefined ? [] : [groups].flat(),
    });
    const api: ApiRequest = {
      method: parts.method,
      path: parts.path,
      query: parts.query,
      headers: {
        accept: headers.accept,
        contentType: headers['content-type'] ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      body: parts.body,
      user,
    };
    return answer(context, api, headers.host ?? '', denied);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return json(error.code, failure(error));
  }
}
