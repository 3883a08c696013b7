import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type ApprovedPlan, approvedPlan } from '../../src/core/approval.ts';
import { newEvent } from '../../src/core/events.ts';
import { planId } from '../../src/core/ids.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import type { KindRef } from '../../src/core/kinds.ts';
import type { GetOperation, WriteOperation } from '../../src/core/operation.ts';
import type { Draft, Plan } from '../../src/core/plan.ts';
import { type ClusterSettings, DEFAULT_LIMITS, type Limits } from '../../src/core/settings.ts';
import { connectClusters } from '../../src/kubernetes/clusters.ts';
import type { GateRefusal } from '../../src/kubernetes/gate.ts';
import type { Timing } from '../../src/kubernetes/timing.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { AT, makePlan, Story } from '../make.ts';

/** A kubeconfig in a file of its own, for the length of the test. */
export async function kubeconfigFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-kubeconfig-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'config');
  await writeFile(file, text);
  return file;
}

export function kubeconfigFor(server: string, user: object = { token: 'reader-token' }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'someone', user }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'someone' } }],
    'current-context': 'prod',
  });
}

export type Api = {
  readonly url: string;
  /** Sockets that were opened. */
  readonly connections: () => number;
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
  }[];
};

/** A server that answers as the test says, on loopback. */
export async function startApi(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Api> {
  let connections = 0;
  const requests: Api['requests'][number][] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections, requests };
}

/** A server's address at which nobody listens any more. */
export async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A clock whose sleeps take no time but are written down. */
export function countedTiming(now: () => Date = () => new Date(AT)): Timing & { readonly slept: number[] } {
  let elapsed = 0;
  const slept: number[] = [];
  return {
    now,
    monotonic: () => elapsed,
    sleep: async (ms) => {
      slept.push(ms);
      elapsed += ms;
    },
    random: () => 0.5,
    slept,
  };
}

type Connecting = {
  readonly settings?: Partial<ClusterSettings>;
  readonly limits?: Partial<Limits>;
  readonly timing?: Timing;
  readonly now?: () => Date;
};

/** The ports of one cluster called `prod`, and what its gate refused. */
export async function connect(kubeconfig: string, connecting: Connecting = {}) {
  const refused: GateRefusal[] = [];
  const file = await kubeconfigFile(kubeconfig);
  const settings: ClusterSettings = {
    name: 'prod',
    access: { kubeconfig: file },
    context: null,
    writeContext: null,
    writeToken: null,
    environment: null,
    alertmanagerUrl: null,
    prometheus: null,
    allowExecAuth: false,
    ...connecting.settings,
  };
  const connected = await connectClusters([settings], {
    limits: { ...DEFAULT_LIMITS, ...connecting.limits },
    log: pino({ level: 'silent' }),
    onRefused: (refusal) => refused.push(refusal),
    now: connecting.now ?? (() => new Date(AT)),
    ...(connecting.timing === undefined ? {} : { timing: connecting.timing }),
  });
  onTestFinished(() => connected.close());
  const { clusters } = connected;
  const reader = clusters.reader('prod');
  const rehearser = clusters.rehearser('prod');
  const writer = clusters.writer('prod');
  const safety = clusters.safety('prod');
  if (reader === undefined || rehearser === undefined || writer === undefined || safety === undefined)
    throw new Error('prod is missing');
  return { reader, rehearser, writer, safety, refused, faults: connected.faults, settings };
}

/** The playground's cluster with firstmate connected to it: a reading and a writing identity. */
export async function connectPlayground(scenario?: string) {
  const playground = await startPlaygroundCluster({ name: 'prod' });
  onTestFinished(() => playground.stop());
  if (scenario !== undefined) {
    playground.breakScenario(scenario);
    playground.advance(60_000);
  }
  const connected = await connect(playground.kubeconfig, {
    settings: { writeContext: 'prod-writer' },
    now: () => new Date(playground.now()),
  });
  return { ...connected, playground };
}

/** Asks the playground for a fault, as its own endpoint takes it. */
export async function fault(playground: PlaygroundCluster, description: object): Promise<void> {
  const response = await fetch(`${playground.url}/_playground/faults`, {
    method: 'POST',
    body: JSON.stringify(description),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** A request of somebody else, with all rights. */
export async function asAdmin(
  playground: PlaygroundCluster,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/merge-patch+json',
): Promise<{ metadata: { uid: string; name: string }; [key: string]: unknown }> {
  const token = /name: \S+-admin\n\s+user:\n\s+token: (\S+)/.exec(playground.kubeconfig)?.[1] ?? '';
  const response = await fetch(`${playground.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': method === 'POST' ? 'application/json' : contentType,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Awaited<ReturnType<typeof asAdmin>>;
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export const within = (timeoutMs = 10_000) => ({ signal: new AbortController().signal, timeoutMs });

export function getting(kind: KindRef, changes: Partial<GetOperation> = {}): GetOperation {
  return {
    verb: 'get',
    kinds: [kind],
    names: [],
    namespace: 'shop',
    selector: null,
    fieldSelector: null,
    output: 'table',
    ...changes,
  };
}

export const about = (plan = 'p1') => ({ plan: planId(plan), now: AT, ...within() });

/** A plan with a rehearsal's draft, and the incident in which people approved it and its execution was claimed. */
export function approve(
  draft: Draft,
  operation: WriteOperation,
): { plan: Plan; incident: Incident; approved: ApprovedPlan } {
  const plan = makePlan({ ...draft, operation });
  const person = { enterprise: null, team: 'T1', user: 'U1' };
  const event = { occurredAt: AT, actor: { kind: 'human', slack: person, name: 'ada' } } as const;
  const { incident: before } = new Story();
  const incident = [
    newEvent('plan.proposed', { plan }, event),
    newEvent(
      'vote.cast',
      { plan: plan.id, vote: 'approve', voter: person, teams: ['sre'], reason: null },
      event,
    ),
    newEvent('plan.approved', { plan: plan.id, hash: plan.hash, approvedBy: [person] }, event),
    newEvent('execution.started', { plan: plan.id, hash: plan.hash }, event),
  ].reduce(
    (state: Incident, next) =>
      fold(state, { ...next, id: `x${state.seq}`, stream: state.id, seq: state.seq + 1, recordedAt: AT }),
    before,
  );
  const approved = approvedPlan(incident, plan);
  if ('refused' in approved) throw new Error(approved.says);
  return { plan, incident, approved };
}
