import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { NotPossible } from '../not-possible.ts';
import { ackWithinMs, type DeliveryFault, type DeliveryType, retryDelaysMs } from './delivery.ts';

export type Sockets = {
  deliver(type: DeliveryType, payload: JsonObject, fault?: DeliveryFault): Promise<JsonObject>;
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
  type: DeliveryType;
  payload: JsonObject;
  attempts: number;
  /** How often three seconds went by without an acknowledgement. */
  timeouts: number;
  sentTo?: WebSocket;
  /** Calls off what happens when no acknowledgement comes. */
  callOff: () => void;
  fault?: DeliveryFault;
  acked(payload: JsonObject): void;
  failed(error: Error): void;
};

const pingEveryMs = 10_000;

/**
 * Slack's Socket Mode: `hello`, envelopes, acknowledgements by envelope id, pings. An envelope goes to one
 * connection; when that one closes without having acknowledged it, it goes to another one or to the next, and
 * after three seconds without an acknowledgement it comes again, three times at most.
 * Format: https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export function createSockets(appId: string, clock: Clock): Sockets {
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
      if (envelope.fault === 'reset_before_apply') {
        delete envelope.fault;
        socket.terminate();
        continue;
      }
      socket.send(JSON.stringify(encode(envelope)));
      envelope.callOff = clock.after(ackWithinMs, () => timedOut(envelope));
    }
  };

  const timedOut = (envelope: Envelope): void => {
    const delay = retryDelaysMs[envelope.timeouts];
    envelope.timeouts += 1;
    if (delay === undefined) {
      envelopes.delete(envelope.id);
      envelope.failed(new NotPossible('the app did not acknowledge it within three seconds'));
      return;
    }
    const again = (): void => {
      delete envelope.sentTo;
      flush();
    };
    if (delay === 0) again();
    else envelope.callOff = clock.after(delay, again);
  };

  const forget = (socket: WebSocket): void => {
    const index = open.indexOf(socket);
    if (index >= 0) open.splice(index, 1);
    leaving.delete(socket);
    for (const envelope of envelopes.values()) {
      if (envelope.sentTo !== socket) continue;
      envelope.callOff();
      delete envelope.sentTo;
    }
    flush();
  };

  const receive = (text: string): void => {
    const message = parseJson(text);
    if (!isObject(message) || typeof message.envelope_id !== 'string') return;
    const envelope = envelopes.get(message.envelope_id);
    if (!envelope) return;
    if (envelope.fault === 'reset_after_apply') {
      delete envelope.fault;
      envelope.sentTo?.terminate();
      return;
    }
    envelope.callOff();
    envelopes.delete(envelope.id);
    envelope.acked(isObject(message.payload) ? message.payload : {});
  };

  const ping = (): (() => void) =>
    clock.after(pingEveryMs, () => {
      for (const socket of open) socket.ping();
      stopPinging = ping();
    });
  let stopPinging = ping();

  return {
    deliver: (type, payload, fault) =>
      new Promise((acked, failed) => {
        const id = randomUUID();
        const envelope: Envelope = {
          id,
          type,
          payload,
          attempts: 0,
          timeouts: 0,
          callOff: () => {},
          acked,
          failed,
        };
        envelopes.set(id, fault === undefined ? envelope : { ...envelope, fault });
        flush();
      }),
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
      stopPinging();
      for (const envelope of envelopes.values()) {
        envelope.callOff();
        envelope.failed(new NotPossible('the playground has stopped'));
      }
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
