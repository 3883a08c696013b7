import { get } from './http.ts';

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

/** What one GET answers with 200, as JSON. Never throws for what the other side can do. */
export async function getJson(url: URL, within: Within): Promise<Got> {
  const fault = (says: string): Got => ({ ok: false, says });
  const end = await get(url, { token: null, ...within });
  if (end.status === 'failed') {
    switch (end.why) {
      case 'stopped':
        return fault('was not waited for');
      case 'timeout':
        return fault(`did not answer within ${within.timeoutMs} ms`);
      case 'too_large':
        return fault(`answered with more than ${within.responseBytes} bytes`);
      case 'redirect':
        return fault(`answered with a redirect (${end.detail}), which is never followed`);
      case 'unreachable':
        return fault(`cannot be reached: ${end.detail}`);
    }
  }
  if (end.code !== 200) return fault(`answered ${end.code}`);
  try {
    return { ok: true, body: JSON.parse(end.body) };
  } catch {
    return fault('answered with something that is not JSON');
  }
}
