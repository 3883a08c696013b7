import { recordScrapes } from '../prometheus/recorder.ts';
import { issueToken, serviceAccountUser, type Tokens } from './access/authenticate.ts';
import { createAlertBook, type PlaygroundAlert, type ScenarioHealth } from './alerts.ts';
import type { ApiContext } from './api/context.ts';
import { createClock } from './clock.ts';
import { CONTROLLERS } from './controllers/all.ts';
import { cureApi } from './cure-api.ts';
import { newFacts } from './facts.ts';
import { createFaults } from './faults.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { listen } from './listener.ts';
import { simulatedLogs } from './log-source.ts';
import { exposeCluster } from './metrics-series.ts';
import { PROMETHEUS_PREFIX } from './prometheus-server.ts';
import { loadRecordedCluster, recordedLogs, recordedTime } from './recorded-cluster.ts';
import { createRecorder, type RecordedRequest } from './recorder.ts';
import { findScenario } from './scenarios/all.ts';
import { serve } from './serve.ts';
import { advance, type Controller, type Simulation, settle } from './simulation.ts';
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
  /** Where a Prometheus of the cluster answers `/api/v1/query` and `/api/v1/query_range`; no token is asked for. */
  readonly prometheusUrl: string;
  readonly requests: readonly RecordedRequest[];
  /** Breaks something; throws on an unknown name and lists the known ones. */
  breakScenario(name: string): void;
  /**
   * Does by hand what heals a scenario: through the API as administrator, or on the hosts where the API does not
   * reach. Rejects for an unknown name, and where there is nothing to heal.
   */
  heal(name: string): Promise<void>;
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
  /** A folder with a recorded cluster, which is served as it is: no controller runs unless `controllers` says so. */
  snapshotDir?: string;
  /** The controllers that run after each write, in place of all of them, or of none over a recorded cluster. */
  controllers?: readonly Controller[];
  /** Lines that every container writes at the start of each run, before those of its image. */
  firstWords?: readonly string[];
  /** More users beside the three of the kubeconfig, each with the bearer token it comes with. */
  users?: readonly { token: string; name: string; uid?: string; groups: readonly string[] }[];
};

/** A quiet night: the time at which a cluster with a manual clock starts. */
const MANUAL_START = Date.parse('2026-03-14T02:07:00Z');
const TICK_MS = 50;
const SCRAPE_STEP_MS = 15_000;
const SCRAPED_MS = 3_600_000;
const METRICS = 'metrics.k8s.io/v1beta1';

function newSimulation(startMs: number): Simulation {
  let serial = 0;
  return {
    store: createStore(),
    clock: createClock(startMs),
    images: new Map(),
    facts: newFacts(),
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
  const controllers = options.controllers ?? (snapshotDir === undefined ? CONTROLLERS : []);
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
  const logs =
    snapshotDir === undefined
      ? simulatedLogs(simulation, options.firstWords)
      : recordedLogs(snapshotDir, start);
  const book = createAlertBook(simulation, options.name);
  const listeners = new Set<() => void>();
  const version = () => `${simulation.store.resourceVersion()} ${book.version()}`;
  let shown = version();
  const changed = (act: () => void): void => {
    act();
    book.observe();
    if (version() === shown) return;
    shown = version();
    for (const listener of [...listeners]) listener();
  };
  const faults = createFaults();
  const recorder = createRecorder();
  const look = () => {
    book.observe();
    return book.wakesAt();
  };
  const prometheus = recordScrapes(() => simulation.clock.now(), exposeCluster(simulation, book));
  /** The last hour passes in steps no longer than a scrape interval, so that each scrape sees its own moment. */
  const pass = (ms: number): void => {
    let left = ms;
    do {
      const step = left > SCRAPED_MS ? left - SCRAPED_MS : Math.min(left, SCRAPE_STEP_MS);
      advance(simulation, controllers, step, look);
      prometheus.tick();
      left -= step;
    } while (left > 0);
  };
  const controls = {
    faults,
    book,
    requests: recorder.requests,
    advance: (ms: number) => changed(() => pass(ms)),
    breakScenario: (name: string) =>
      changed(() => {
        const scenario = findScenario(name);
        scenario.apply(simulation);
        book.broke(scenario);
        settle(simulation, controllers);
      }),
    heal: async (name: string) => {
      const { cure, heal, heals } = findScenario(name);
      if (cure === undefined && heal === undefined) throw new Error(`${name} needs no cure: ${heals}`);
      await cure?.(api);
      if (heal === undefined) return;
      changed(() => {
        heal(simulation);
        settle(simulation, controllers);
      });
    },
  };
  const withMetrics =
    snapshotDir === undefined || simulation.store.all().some(({ apiVersion }) => apiVersion === METRICS);
  const context: ApiContext = { simulation, tokens, logs, withMetrics };
  const afterRequest = () => {
    // A dry run or a refusal leaves nothing for the controllers to do.
    if (version() !== shown) changed(() => settle(simulation, controllers));
  };
  const listener = await listen(options.port ?? 0, (request, response) => {
    serve({ context, controls, recorder, prometheus, afterRequest }, request, response).catch(() =>
      response.destroy(),
    );
  });
  const host = `127.0.0.1:${listener.port}`;
  const api = cureApi(`http://${host}`, users.admin, () => simulation.clock.now());
  const timer = clock === 'running' ? runClock(controls.advance, speed) : undefined;
  return {
    url: `http://${host}`,
    kubeconfig: writeKubeconfig(options.name, host, users),
    prometheusUrl: `http://${host}${PROMETHEUS_PREFIX}`,
    requests: recorder.requests,
    breakScenario: controls.breakScenario,
    heal: controls.heal,
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
