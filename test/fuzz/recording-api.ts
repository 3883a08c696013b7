import { pino } from 'pino';
import { Dispatcher } from 'undici';
import { DEFAULT_PROTECTED_NAMESPACES } from '../../src/core/guards/protected-namespace.ts';
import { limiter } from '../../src/kubernetes/concurrency.ts';
import type { Connection } from '../../src/kubernetes/connection.ts';
import type { GateOptions, GateRefusal } from '../../src/kubernetes/gate.ts';
import { clusterReader } from '../../src/kubernetes/reader.ts';
import { clusterRehearser } from '../../src/kubernetes/rehearser.ts';
import { fixedIdentity } from '../../src/kubernetes/write-identity.ts';
import { AT } from '../make.ts';
import { type Answered, answerOf, type World } from './answers.ts';

/** A request as it was about to go onto a socket. */
export type Sent = {
  readonly origin: string;
  readonly method: string;
  /** Below the server's own prefix, with its query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

export const ORIGIN = 'https://cluster.example:6443';
/** As behind a proxy: whatever leaves it is not the cluster's. */
export const PREFIX = '/k8s/clusters/c-1';

/** Takes the place of the sockets below undici's fetch; everything above them is what runs in production. */
class RecordingDispatcher extends Dispatcher {
  readonly sent: Sent[] = [];
  world: World = 'plausible';

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void this.#answer(options, handler);
    return true;
  }

  async #answer(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): Promise<void> {
    const body = await textOf(options.body);
    const headers = headersOf(options.headers);
    const path = options.path.startsWith(PREFIX) ? options.path.slice(PREFIX.length) : options.path;
    this.sent.push({
      origin: `${options.origin}${options.path === path ? '' : PREFIX}`,
      method: options.method,
      path,
      headers,
      body,
    });
    const asked = {
      method: options.method,
      path: path.split('?')[0] ?? '',
      accept: headers.accept ?? '',
      body,
    };
    let answer: Answered;
    try {
      answer = answerOf(asked, this.world, this.sent.length);
    } catch (error) {
      answer = { status: 422, headers: {}, body: JSON.stringify({ kind: 'Status', message: String(error) }) };
    }
    const controller = new NoSocket();
    handler.onRequestStart?.(controller, {});
    handler.onResponseStart?.(controller, answer.status, answer.headers, '');
    handler.onResponseData?.(controller, Buffer.from(answer.body));
    handler.onResponseEnd?.(controller, {});
  }
}

class NoSocket {
  readonly aborted = false;
  readonly paused = false;
  readonly reason = null;
  readonly rawHeaders = [];
  abort(): void {}
  pause(): void {}
  resume(): void {}
}

async function textOf(body: unknown): Promise<string> {
  if (body === null || body === undefined) return '';
  if (typeof body === 'string') return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(given: unknown): Record<string, string> {
  const entries = Object.entries((given ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The reader and the rehearser of a cluster whose API records every request and answers at once. */
export function openRecordingApi() {
  const dispatcher = new RecordingDispatcher();
  const refused: GateRefusal[] = [];
  const connection: Connection = {
    server: new URL(`${ORIGIN}${PREFIX}`),
    prefix: PREFIX,
    async authenticate(request) {
      request.setHeaderParam('Authorization', 'Bearer recorded');
      request.setDispatcher(dispatcher);
    },
    close: async () => undefined,
  };
  const gate: GateOptions = {
    cluster: 'prod',
    connection,
    responseBytes: 8 * 1024 * 1024,
    writeTimeoutMs: 10_000,
    protectedNamespaces: DEFAULT_PROTECTED_NAMESPACES,
    onRefused: (refusal) => refused.push(refusal),
  };
  let elapsed = 0;
  const read = {
    gate,
    limit: limiter(8),
    timing: {
      now: () => new Date(AT),
      monotonic: () => elapsed,
      sleep: async (ms: number) => {
        elapsed += ms;
      },
      random: () => 0.5,
    },
    log: pino({ level: 'silent' }),
  };
  return {
    reader: clusterReader(read),
    rehearser: clusterRehearser({ read, cluster: 'prod', writing: fixedIdentity(gate) }),
    /** From now on this is how the cluster answers, and nothing was sent or refused yet. */
    begin(world: World): void {
      dispatcher.sent.length = 0;
      refused.length = 0;
      dispatcher.world = world;
    },
    sent: (): readonly Sent[] => dispatcher.sent,
    refused: (): readonly GateRefusal[] => refused,
  };
}
export type RecordingApi = ReturnType<typeof openRecordingApi>;
