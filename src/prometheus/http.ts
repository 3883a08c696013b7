import { type Agent, fetch } from 'undici';

export type HttpEnd =
  | { readonly status: 'answered'; readonly code: number; readonly body: string }
  | {
      readonly status: 'failed';
      readonly why: 'timeout' | 'stopped' | 'too_large' | 'redirect' | 'unreachable';
    };

export type Asking = {
  readonly token: string | null;
  readonly agent: Agent;
  /** The most that is read of an answer. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
};

/** One GET, once; follows no redirect. Never throws for what a server can do. */
export async function get(url: URL, { token, agent, bytes, signal, timeoutMs }: Asking): Promise<HttpEnd> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      redirect: 'manual',
      dispatcher: agent,
      signal: AbortSignal.any([signal, deadline]),
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      return { status: 'failed', why: 'redirect' };
    }
    const body = await atMost(response.body, bytes);
    return body === null
      ? { status: 'failed', why: 'too_large' }
      : { status: 'answered', code: response.status, body };
  } catch {
    const why = signal.aborted ? 'stopped' : deadline.aborted ? 'timeout' : 'unreachable';
    return { status: 'failed', why };
  }
}

/** Null when there is more. */
async function atMost(stream: AsyncIterable<Uint8Array> | null, most: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
