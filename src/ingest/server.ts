import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { Log } from '../core/ports/clock.ts';
import type { Inbox } from '../core/ports/inbox.ts';
import { StoreUnavailable } from '../core/ports/ledger.ts';
import type { Settings, SourceSettings } from '../core/settings.ts';
import { bodyFault } from './alertmanager.ts';
import { carriesSecret } from './authenticate.ts';

export type Ingest = {
  readonly settings: Settings;
  readonly inbox: Pick<Inbox, 'put'>;
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
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(ingest, error, request, reply));
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'There is nothing here. Webhooks go to /webhooks/alertmanager/<source>.' }),
  );

  const sourceOf = (request: FastifyRequest): string => {
    const { params } = request;
    return typeof params === 'object' && params !== null && 'source' in params
      ? String(params.source)
      : 'default';
  };
  for (const path of ['/webhooks/alertmanager', '/webhooks/alertmanager/:source']) {
    app.post(path, {
      // Before the body is read: who may not send is not listened to.
      onRequest: async (request, reply) => refuseStranger(ingest, sourceOf(request), request, reply),
      handler: (request, reply) => receive(ingest, sourceOf(request), request, reply),
    });
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

async function refuseStranger(
  ingest: Ingest,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const answer = answering(ingest, name, reply);
  const source = ingest.settings.sources.find(
    (known) => known.name === name && known.kind === 'alertmanager',
  );
  if (source === undefined)
    return answer(404, `There is no Alertmanager source "${name}" in firstmate.yaml.`);
  const objection = authenticationFault(source, request.headers.authorization);
  if (objection !== null) return answer(401, objection);
  return request.headers['content-type']?.startsWith('application/json') === true
    ? undefined
    : answer(415, 'Send application/json.');
}

async function receive(
  ingest: Ingest,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = answering(ingest, name, reply);
  if (!ingest.accepting()) return answer(503, 'firstmate is stopping. Try again.');
  const text = String(request.body);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return answer(400, '/: the body is not JSON.');
  }
  const fault = bodyFault(body);
  if (fault !== null) return answer(400, `${fault.pointer}: ${fault.says}`);

  const delivery = {
    id: randomUUID(),
    source: name,
    kind: 'alertmanager',
    receivedAt: ingest.now(),
    body: text,
  } as const;
  try {
    await ingest.inbox.put(delivery);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return answer(503, `The delivery could not be stored: ${error.message}`);
  }
  ingest.stored();
  ingest.answered(name, 202);
  return reply.code(202).send({ stored: delivery.id });
}

function authenticationFault(source: SourceSettings, authorization: string | undefined): string | null {
  if (source.secret === null || carriesSecret(authorization, source.secret)) return null;
  return authorization === undefined
    ? `The source "${source.name}" needs its secret: Authorization: Bearer …`
    : `The secret of the source "${source.name}" is not the one that was sent.`;
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
