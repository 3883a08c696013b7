import { request } from 'undici';

export type Got =
  | { readonly ok: true; readonly body: unknown }
  /** `says` goes after the address: `answered 503`. */
  | { readonly ok: false; readonly says: string };

export type Within = {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The most that is read of an answer. */
  readonly responseBytes: number;
};

/** One GET, once, that follows no redirect, on a connection of its own. Never throws for what the other side can do. */
export async function getJson(url: URL, { signal, timeoutMs, responseBytes }: Within): Promise<Got> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const fault = (says: string): Got => ({ ok: false, says });
  let text: string;
  try {
    const { statusCode, body } = await request(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, timeout]),
      reset: true,
    });
    if (statusCode !== 200) {
      // Its rest is not read, which the stream calls an error.
      body.on('error', () => {}).destroy();
      return fault(
        statusCode >= 300 && statusCode < 400
          ? `answered with a redirect (${statusCode}), which is never followed`
          : `answered ${statusCode}`,
      );
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      // Leaving the loop ends the connection.
      if (size > responseBytes) return fault(`answered with more than ${responseBytes} bytes`);
      chunks.push(bytes);
    }
    text = Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (signal.aborted) return fault('was not waited for');
    if (timeout.aborted) return fault(`did not answer within ${timeoutMs} ms`);
    return fault(`cannot be reached: ${codeOf(error)}`);
  }
  try {
    return { ok: true, body: JSON.parse(text) };
  } catch {
    return fault('answered with something that is not JSON');
  }
}

/** The system's name for what happened; its message would hold the address once more. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
