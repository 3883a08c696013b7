import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ScrapeRecorder } from '../prometheus/recorder.ts';
import { authenticate, impersonated } from './access/authenticate.ts';
import type { ApiContext } from './api/context.ts';
import { json, type Reply, send } from './api/reply.ts';
import type { ApiRequest } from './api/request.ts';
import { answer } from './api/router.ts';
import type { FaultKind } from './faults.ts';
import { readBody, streamWatch } from './http.ts';
import { answerWithoutQuorum } from './outage.ts';
import { answerOwn, type Controls } from './own-endpoints.ts';
import { answerPrometheusRequest, PROMETHEUS_PREFIX } from './prometheus-server.ts';
import { bodyOf, isDryRunRequest, type Recorder } from './recorder.ts';
import { failure, StatusError } from './status.ts';

/** What answering needs beside the request. */
export type Serving = {
  context: ApiContext;
  controls: Controls;
  recorder: Recorder;
  prometheus: ScrapeRecorder;
  afterRequest: () => void;
};

/** Answers one HTTP request: the playground's own, a fault in place of an answer, or the API's. */
export async function serve(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const [path = '/', search = ''] = url.split('?');
  const body = await readBody(request).catch((error: unknown) => {
    if (error instanceof StatusError) return error;
    throw error;
  });
  if (path.startsWith('/_playground/')) {
    const own = await answerOwn(
      serving.controls,
      method,
      path,
      Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    );
    if (own.kind !== 'watch') send(response, own);
    return;
  }
  const query = new URLSearchParams(search);
  if (path.startsWith(`${PROMETHEUS_PREFIX}/`) && Buffer.isBuffer(body)) {
    const now = serving.context.simulation.clock.now();
    const found = answerPrometheusRequest(serving.prometheus, now, { method, path, query, body });
    if (found.kind !== 'watch') send(response, found);
    return;
  }
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
    return authenticate(context.tokens, request.headers.authorization, context.simulation.clock.now()).name;
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
    const without = answerWithoutQuorum(context.simulation.facts, parts.method, parts.path);
    if (without !== undefined) return without;
    const { headers } = request;
    const groups = headers['impersonate-group'];
    const owner = authenticate(context.tokens, headers.authorization, context.simulation.clock.now());
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
    if (error instanceof StatusError) {
      const retryAfter = error.details?.retryAfterSeconds;
      const refusal = json(error.code, failure(error));
      return retryAfter === undefined ? refusal : { ...refusal, retryAfter };
    }
    // A mistake of the playground's own must be seen, not pass for a cut connection.
    const message = error instanceof Error ? error.message : String(error);
    return json(500, failure(new StatusError(500, 'InternalError', `Internal error occurred: ${message}`)));
  }
}
