import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { Json } from '../core/json.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Inbox } from '../core/ports/inbox.ts';
import { StoreUnavailable } from '../core/ports/ledger.ts';
import { type Settings, SOURCE_KINDS, type SourceKind, type SourceSettings } from '../core/settings.ts';
import { ALERT_SOURCES } from './alert-sources.ts';
import { createRoom, type Room } from './room.ts';
import { forgetSecrets } from './without-secrets.ts';

export type Ingest = {
  readonly settings: Settings;
  readonly inbox: Pick<Inbox, 'put' | 'waiting'>;
  readonly log: Log;
  readonly now: () => string;
  /** Something was stored. */
  readonly stored: () => void;
  /** False while the process stops: senders come back later. */
  readonly accepting: () => boolean;
  /** Counts answers, by status. */
  readonly answered: (source: string, status: number) => void;
  /** Slack's requests in HTTP mode; absent in Socket Mode. */
  readonly slack?: (
    rawBody: string,
    headers: Record<string, string>,
  ) => Promise<{ status: number; body: string }>;
};

/** What the deliveries of all sources share. */
type Keeping = { readonly room: Room; readonly withoutSecrets: ReturnType<typeof forgetSecrets> };

const RETRY_AFTER_SECONDS = 10;

/** The public listener: webhooks and, in HTTP mode, Slack. Not yet listening. */
export async function createPublicServer(ingest: Ingest): Promise<FastifyInstance> {
  const { settings } = ingest;
  const tls = settings.http.tls;
  const app = fastify({
    logger: false,
    bodyLimit: settings.limits.bodyBytes,
    ...(tls === null
      ? {}
      : { https: { cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) } }),
  });
  app.removeAllContentTypeParsers();
  // Bytes, not text: that is what senders sign.
  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(ingest, error, request, reply));
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      error: `There is nothing here. Webhooks are posted to /webhooks/<kind>/<source>; the kinds are ${SOURCE_KINDS.join(', ')}.`,
    }),
  );

  const keeping: Keeping = {
    room: createRoom(ingest.inbox, settings.limits.inboxDeliveries),
    withoutSecrets: forgetSecrets(),
  };
  const sourceOf = (request: FastifyRequest): string => {
    const { params } = request;
    return typeof params === 'object' && params !== null && 'source' in params
      ? String(params.source)
      : 'default';
  };
  for (const kind of SOURCE_KINDS) {
    for (const path of [`/webhooks/${kind}`, `/webhooks/${kind}/:source`]) {
      app.post(path, {
        // Before the body is read: who may not send is not listened to.
        onRequest: async (request, reply) => refuseStranger(ingest, kind, sourceOf(request), request, reply),
        handler: (request, reply) => receive(ingest, keeping, kind, sourceOf(request), request, reply),
      });
    }
  }
  const { slack } = ingest;
  if (slack !== undefined) {
    app.post('/slack/events', async (request, reply) => {
      const answer = await slack(String(request.body), textHeaders(request.headers));
      return reply.code(answer.status).type('application/json').send(answer.body);
    });
  }
  return app;
}

type Answer = (status: number, error: string) => FastifyReply;

function answering(ingest: Ingest, name: string, reply: FastifyReply): Answer {
  return (status, error) => {
    ingest.log.warn({ source: name, status, says: error }, 'delivery.refused');
    ingest.answered(name, status);
    if (status === 503) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    return reply.code(status).send({ error });
  };
}

function configured(ingest: Ingest, kind: SourceKind, name: string): SourceSettings | undefined {
  return ingest.settings.sources.find((known) => known.name === name && known.kind === kind);
}

function unknownSource(kind: SourceKind, name: string): string {
  return `There is no ${ALERT_SOURCES[kind].name} source "${name}" in firstmate.yaml.`;
}

async function refuseStranger(
  ingest: Ingest,
  kind: SourceKind,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const answer = answering(ingest, name, reply);
  const source = configured(ingest, kind, name);
  if (source === undefined) return answer(404, unknownSource(kind, name));
  const objection = ALERT_SOURCES[kind].stranger(source, request.headers);
  if (objection !== null) return answer(401, objection);
  return request.headers['content-type']?.startsWith('application/json') === true
    ? undefined
    : answer(415, 'Send application/json.');
}

async function receive(
  ingest: Ingest,
  { room, withoutSecrets }: Keeping,
  kind: SourceKind,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = answering(ingest, name, reply);
  if (!ingest.accepting()) return answer(503, 'firstmate is stopping. Try again.');
  const source = configured(ingest, kind, name);
  if (source === undefined) return answer(404, unknownSource(kind, name));
  const sender = ALERT_SOURCES[kind];
  const { headers } = request;
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const forgery = sender.forgery?.(source, headers, bytes, ingest.now()) ?? null;
  if (forgery !== null) return answer(401, forgery);
  const text = bytes.toString('utf8');
  let body: Json;
  try {
    body = JSON.parse(text);
  } catch {
    return answer(400, '/: the body is not JSON.');
  }
  const fault = sender.bodyFault(body);
  if (fault !== null) return answer(400, `${fault.pointer}: ${fault.says}`);

  const known = sender.deliveryId?.(headers, body) ?? null;
  const delivery = {
    id: known === null ? randomUUID() : `${kind}/${name}/${known}`,
    source: name,
    kind,
    receivedAt: ingest.now(),
    body: withoutSecrets(text, body),
  };
  try {
    if (!(await room.take())) return answer(503, 'Too many deliveries wait to be handled. Try again.');
    await ingest.inbox.put(delivery);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return answer(503, `The delivery could not be stored: ${error.message}`);
  }
  ingest.stored();
  ingest.answered(name, 202);
  return reply.code(202).send({ stored: delivery.id });
}

function answerError(
  ingest: Ingest,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  const says =
    status === 413
      ? `The body is larger than ${ingest.settings.limits.bodyBytes} bytes. Set max_alerts on the receiver, or raise limits.body_bytes.`
      : status === 415
        ? 'Send application/json.'
        : status < 500
          ? error.message
          : 'Something went wrong here; see the log.';
  ingest.log.warn({ path: request.routeOptions.url ?? '', status, error: error.message }, 'request.failed');
  ingest.answered('', status);
  return reply.code(status).send({ error: says });
}

function textHeaders(headers: FastifyRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
