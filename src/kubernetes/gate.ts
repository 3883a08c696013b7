import {
  type HttpLibrary,
  type RequestContext,
  ResponseContext,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import type { ApprovedPlan } from '../core/approval.ts';
import type { FrozenRequest } from '../core/plan.ts';
import type { WriteToken } from '../core/settings.ts';
import type { Connection } from './connection.ts';
import {
  type AtGate,
  type Judgement,
  judgeRead,
  judgeRehearsal,
  judgeToken,
  judgeWrite,
  type ReadScope,
} from './grants.ts';
import { send } from './transport.ts';

export type Grant =
  | ({ readonly kind: 'read' } & ReadScope)
  | { readonly kind: 'rehearse'; readonly request: FrozenRequest }
  | { readonly kind: 'write'; readonly approved: ApprovedPlan }
  /** A TokenRequest for one fixed service account. */
  | { readonly kind: 'token'; readonly token: WriteToken };

/** A request that no grant covers. It opened no socket. */
export type GateRefusal = {
  readonly cluster: string;
  readonly method: string;
  readonly path: string;
  readonly says: string;
};

export class RefusedByGate extends Error {
  readonly refusal: GateRefusal;
  constructor(refusal: GateRefusal) {
    super(`${refusal.method} ${refusal.path}: ${refusal.says}`);
    this.refusal = refusal;
  }
}

export type GateOptions = {
  readonly cluster: string;
  readonly connection: Connection;
  readonly responseBytes: number;
  /** The API server's own deadline for a write: what it has not stored by then it never stores. */
  readonly writeTimeoutMs: number;
  readonly protectedNamespaces: readonly string[];
  readonly onRefused: (refusal: GateRefusal) => void;
};

/**
 * The one place that sends a request to a cluster, as client-node's HTTP library
 * (`createConfiguration({ httpApi: gate })`). What leaves is rebuilt from what the grant judged, never passed through.
 * `send` rejects with RefusedByGate before a socket opens, or with a TransportFault.
 */
export function openGate(options: GateOptions, grant: Grant): HttpLibrary {
  return wrapHttpLibrary({ send: (request) => pass(options, grant, request) });
}

async function pass(options: GateOptions, grant: Grant, request: RequestContext): Promise<ResponseContext> {
  const { connection } = options;
  const url = new URL(request.getUrl());
  const inside = url.origin === connection.server.origin && url.pathname.startsWith(`${connection.prefix}/`);
  const at: AtGate = {
    method: request.getHttpMethod(),
    path: inside ? url.pathname.slice(connection.prefix.length) : url.pathname,
    query: url.searchParams,
    contentType: header(request, 'content-type'),
    body: textBody(request),
  };
  const judged: Judgement = inside
    ? judge(options, grant, at)
    : { allowed: false, says: 'this is not the server of the cluster' };
  if (!judged.allowed) {
    const refusal = { cluster: options.cluster, method: at.method, path: at.path, says: judged.says };
    options.onRefused(refusal);
    throw new RefusedByGate(refusal);
  }
  const target = new URL(`${connection.server.origin}${url.pathname}`);
  target.search = judged.query.toString();
  const answer = await send({
    url: target,
    method: at.method,
    headers: request.getHeaders(),
    body: judged.body,
    signal: request.getSignal(),
    dispatcher: request.getDispatcher(),
    responseBytes: options.responseBytes,
  });
  return new ResponseContext(answer.status, answer.headers, {
    binary: answer.body,
    text: async () => (await answer.body()).toString('utf8'),
    stream: () => null,
  });
}

function judge(options: GateOptions, grant: Grant, at: AtGate): Judgement {
  switch (grant.kind) {
    case 'read':
      return judgeRead(at, options.protectedNamespaces, grant);
    case 'rehearse':
      return judgeRehearsal(at, grant.request);
    case 'write':
      return judgeWrite(at, grant.approved.plan, options);
    case 'token':
      return judgeToken(at, grant.token);
  }
}

function textBody(request: RequestContext): string | undefined {
  const body = request.getBody();
  if (body === undefined || typeof body === 'string') return body;
  return '';
}

function header(request: RequestContext, name: string): string {
  const found = Object.entries(request.getHeaders()).find(([key]) => key.toLowerCase() === name);
  return found?.[1] ?? '';
}
