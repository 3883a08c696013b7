import { request } from 'undici';

export type HttpEnd =
  | { readonly status: 'answered'; readonly code: number; readonly body: string }
  /** `detail`: the status of a redirect, or the system's name for why nobody was reached. */
  | {
      readonly status: 'failed';
      readonly why: 'timeout' | 'stopped' | 'too_large' | 'redirect' | 'unreachable';
      readonly detail: string;
    };

export type Asking = {
  /** Shown as a bearer token; null for none. */
  readonly token: string | null;
  /** The most that is read of an answer. */
  readonly responseBytes: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
};

/** One GET, once, that follows no redirect, on a connection of its own. Never throws for what the other side can do. */
export async function get(url: URL, { token, responseBytes, signal, timeoutMs }: Asking): Promise<HttpEnd> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const failed = (why: Extract<HttpEnd, { status: 'failed' }>['why'], detail = ''): HttpEnd => ({
    status: 'failed',
    why,
    detail,
  });
  try {
    const { statusCode, body } = await request(url, {
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, deadline]),
      reset: true,
    });
    if (statusCode >= 300 && statusCode < 400) {
      // Its rest is not read, which the stream calls an error.
      body.on('error', () => {}).destroy();
      return failed('redirect', String(statusCode));
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      // Leaving the loop ends the connection.
      if (size > responseBytes) return failed('too_large');
      chunks.push(bytes);
    }
    return { status: 'answered', code: statusCode, body: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    if (signal.aborted) return failed('stopped');
    return deadline.aborted ? failed('timeout') : failed('unreachable', codeOf(error));
  }
}

/** The system's name for what happened; its message would hold the address once more. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
