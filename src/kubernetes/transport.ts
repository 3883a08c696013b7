import { Agent, type Dispatcher, fetch } from 'undici';

/** `not_sent`: nothing left this process. The others: it may have arrived. */
export type TransportFaultKind = 'not_sent' | 'lost' | 'aborted' | 'too_large' | 'redirected';

/** How a request failed below HTTP. `code` is the system's or undici's name for it. */
export class TransportFault extends Error {
  readonly kind: TransportFaultKind;
  readonly code: string;
  constructor(kind: TransportFaultKind, code: string) {
    super(`${kind}: ${code}`);
    this.kind = kind;
    this.code = code;
  }
}

export type Outgoing = {
  readonly url: URL;
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly dispatcher: Dispatcher | undefined;
  /** The most that is read of an answer. */
  readonly responseBytes: number;
};

export type Incoming = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Reads the body once. @throws TransportFault too_large, aborted, lost */
  readonly body: () => Promise<Buffer>;
};

/**
 * Sends one request, once, and follows no redirect.
 * @throws TransportFault
 */
export async function send(outgoing: Outgoing): Promise<Incoming> {
  const { url, method, headers, body, signal, dispatcher, responseBytes } = outgoing;
  if (signal?.aborted === true) throw new TransportFault('not_sent', 'aborted before it was sent');
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'error',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  }).catch((error: unknown) => {
    throw transportFault(error, signal);
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: () => readCapped(response.body, responseBytes, signal),
  };
}

type ByteStream = {
  getReader(): { read(): Promise<{ done: boolean; value?: unknown }>; cancel(): Promise<void> };
};

async function readCapped(
  stream: ByteStream | null,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (stream === null) return Buffer.alloc(0);
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw transportFault(error, signal);
    });
    if (done) return Buffer.concat(chunks);
    if (!(value instanceof Uint8Array)) continue;
    size += value.byteLength;
    if (size > most) {
      await reader.cancel().catch(() => undefined);
      throw new TransportFault('too_large', `more than ${most} bytes`);
    }
    chunks.push(value);
  }
}

/** Failures of finding, reaching and greeting a server: no byte of a request has left before they happen. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function transportFault(error: unknown, signal: AbortSignal | undefined): TransportFault {
  if (error instanceof TransportFault) return error;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = property(cause, 'code') ?? (cause instanceof Error ? cause.name : 'unknown');
  if (signal?.aborted === true) return new TransportFault('aborted', code);
  if (cause instanceof Error && cause.message === 'unexpected redirect') {
    return new TransportFault('redirected', 'a redirect, which is never followed');
  }
  // The Fetch standard blocks a list of ports, by this message and no code.
  if (cause instanceof Error && cause.message === 'bad port')
    return new TransportFault('not_sent', 'blocked port');
  const whileConnecting =
    property(cause, 'syscall') === 'connect' || property(cause, 'syscall') === 'getaddrinfo';
  const kind = whileConnecting || BEFORE_SENDING.has(code) ? 'not_sent' : 'lost';
  return new TransportFault(kind, code);
}

function property(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** Connections of our own where client-node would use the process's shared ones, which nobody closes. */
export function ownAgent(): Agent {
  return new Agent({ keepAliveTimeout: 4_000, connect: { timeout: 10_000 } });
}
