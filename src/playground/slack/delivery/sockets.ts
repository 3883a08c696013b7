import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject, type JsonObject, parseJson } from '../json.ts';

export type EnvelopeType = 'interactive' | 'slash_commands' | 'events_api';

/** How payloads reach the app. Socket Mode here; signed HTTP requests can stand in its place. */
export type Delivery = {
  /** Resolves with the payload of the app's acknowledgement ({} when it had none). */
  deliver(type: EnvelopeType, payload: JsonObject): Promise<JsonObject>;
  /** The same where nobody waits for the acknowledgement; it is still delivered until acknowledged. */
  send(type: EnvelopeType, payload: JsonObject): void;
};

export type Sockets = Delivery & {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Envelopes that no app has acknowledged yet. */
  pending(): number;
  /** Asks every connection to go away and come back, as Slack does when it refreshes a host. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Cuts every connection without a word. */
  drop(): void;
  close(): Promise<void>;
};

type Envelope = {
  id: string;
  type: EnvelopeType;
  payload: JsonObject;
  attempts: number;
  sentTo?: WebSocket;
  acked(payload: JsonObject): void;
  failed(error: Error): void;
};

const pingEveryMs = 10_000;

/**
 * Slack's Socket Mode: `hello`, envelopes, acknowledgements by envelope id, pings. An envelope goes to one
 * connection; when that one closes without having acknowledged it, it goes to another one or to the next.
 * Format: https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export function createSockets(appId: string): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const open: WebSocket[] = [];
  const leaving = new Set<WebSocket>();
  const envelopes = new Map<string, Envelope>();
  let turn = 0;

  const flush = (): void => {
    for (const envelope of envelopes.values()) {
      if (envelope.sentTo) continue;
      const ready = open.filter((socket) => !leaving.has(socket));
      const socket = ready[turn % ready.length];
      if (!socket) return;
      turn += 1;
      envelope.sentTo = socket;
      envelope.attempts += 1;
      socket.send(JSON.stringify(encode(envelope)));
    }
  };

  const forget = (socket: WebSocket): void => {
    const index = open.indexOf(socket);
    if (index >= 0) open.splice(index, 1);
    leaving.delete(socket);
    for (const envelope of envelopes.values()) if (envelope.sentTo === socket) delete envelope.sentTo;
    flush();
  };

  const receive = (text: string): void => {
    const message = parseJson(text);
    if (!isObject(message) || typeof message.envelope_id !== 'string') return;
    const envelope = envelopes.get(message.envelope_id);
    if (!envelope) return;
    envelopes.delete(envelope.id);
    envelope.acked(isObject(message.payload) ? message.payload : {});
  };

  const pinger = setInterval(() => {
    for (const socket of open) socket.ping();
  }, pingEveryMs);
  pinger.unref();

  const put = (type: EnvelopeType, payload: JsonObject, settle: Pick<Envelope, 'acked' | 'failed'>): void => {
    const id = randomUUID();
    envelopes.set(id, { id, type, payload, attempts: 0, ...settle });
    flush();
  };

  return {
    deliver: (type, payload) =>
      new Promise((acked, failed) => {
        put(type, payload, { acked, failed });
      }),
    send: (type, payload) => put(type, payload, { acked: () => {}, failed: () => {} }),
    accept: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (connection) => {
        open.push(connection);
        connection.on('message', (data) => receive(String(data)));
        connection.on('close', () => forget(connection));
        connection.on('error', () => connection.terminate());
        connection.send(JSON.stringify(hello(appId, open.length)));
        flush();
      });
    },
    connections: () => open.length,
    pending: () => envelopes.size,
    disconnect: (reason) => {
      for (const socket of open) {
        leaving.add(socket);
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'playground' } }));
      }
    },
    drop: () => {
      for (const socket of [...open]) socket.terminate();
    },
    close: async () => {
      clearInterval(pinger);
      for (const envelope of envelopes.values()) envelope.failed(new Error('the playground has stopped'));
      envelopes.clear();
      for (const socket of [...open]) socket.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function hello(appId: string, connections: number): JsonObject {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: { host: 'playground', build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: appId },
  };
}

function encode(envelope: Envelope): JsonObject {
  const isEvent = envelope.type === 'events_api';
  return {
    envelope_id: envelope.id,
    payload: envelope.payload,
    type: envelope.type,
    accepts_response_payload: !isEvent,
    ...(isEvent
      ? { retry_attempt: envelope.attempts - 1, retry_reason: envelope.attempts > 1 ? 'timeout' : '' }
      : {}),
  };
}
