import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { NotPossible } from '../not-possible.ts';
import { ackWithinMs, type DeliveryFault, type DeliveryType, retryDelaysMs } from './delivery.ts';

/** One signed request and how it ended, for tests and for people who look for the reason. */
export type SignedRequest = {
  /** Milliseconds since the epoch. */
  at: number;
  type: DeliveryType | 'url_verification';
  url: string;
  headers: { [name: string]: string };
  body: string;
  /** The HTTP status, or Slack's word for a request that brought none. */
  ended: number | Unanswered | undefined;
};

export type HttpDelivery = {
  deliver(type: DeliveryType, payload: JsonObject, fault?: DeliveryFault): Promise<JsonObject>;
  /** Whether something is delivered to a request URL. */
  takes(type: DeliveryType): boolean;
  urls(): RequestUrls;
  setUrls(urls: RequestUrls): void;
  /** Slack's `url_verification` handshake. @throws NotPossible when the challenge does not come back */
  verify(url: string): Promise<void>;
  readonly requests: readonly SignedRequest[];
  /** Ends what is under way and drops what waits for its retry. */
  close(): void;
};

/** Where an app in HTTP mode takes what, as its settings at Slack say. */
export type RequestUrls = { readonly [type in DeliveryType]?: string };

type Unanswered = 'http_timeout' | 'connection_failed' | 'too_many_redirects';
type Ended = { status: number; body: string; noRetry: boolean } | Unanswered;

/** Redirects that Slack follows for one request. */
const mostRedirects = 2;

/**
 * Slack's signed HTTP requests (https://docs.slack.dev/authentication/verifying-requests-from-slack): the
 * `v0` signature over time and body, three seconds for the answer. An event that is not taken is sent three
 * more times with `X-Slack-Retry-Num` and `X-Slack-Retry-Reason`; a click or a command is not, and the
 * person is told.
 */
export function createHttpDelivery(options: {
  readonly clock: Clock;
  readonly signingSecret: string;
  readonly urls: RequestUrls;
}): HttpDelivery {
  const { clock } = options;
  const closing = new AbortController();
  const requests: SignedRequest[] = [];
  let urls = options.urls;
  let lastEvent: Promise<void> = Promise.resolve();

  /** Events come in the order in which they happened, as long as none has to be sent again. */
  const turnOf = async (type: DeliveryType): Promise<() => void> => {
    if (type !== 'events_api') return () => {};
    const before = lastEvent;
    const mine = Promise.withResolvers<void>();
    lastEvent = mine.promise;
    await before;
    return mine.resolve;
  };

  const post = async (
    url: string,
    type: SignedRequest['type'],
    content: { body: string; type: string; retry?: { num: number; reason: string } },
  ): Promise<Ended> => {
    const timestamp = String(Math.floor(clock.now() / 1000));
    const headers = {
      'content-type': content.type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signatureOf(options.signingSecret, timestamp, content.body),
      ...(content.retry
        ? { 'x-slack-retry-num': String(content.retry.num), 'x-slack-retry-reason': content.retry.reason }
        : {}),
    };
    const record: SignedRequest = {
      at: clock.now(),
      type,
      url,
      headers,
      body: content.body,
      ended: undefined,
    };
    requests.push(record);
    const ended = await exchange(url, headers, content.body);
    record.ended = typeof ended === 'string' ? ended : ended.status;
    return ended;
  };

  const exchange = async (url: string, headers: { [name: string]: string }, body: string): Promise<Ended> => {
    const late = new AbortController();
    const inTime = clock.after(ackWithinMs, () => late.abort());
    const signal = AbortSignal.any([late.signal, closing.signal]);
    try {
      let target = url;
      for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
        const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal });
        const location = response.headers.get('location');
        if (![301, 302].includes(response.status) || location === null) {
          return {
            status: response.status,
            body: await response.text(),
            noRetry: response.headers.get('x-slack-no-retry') === '1',
          };
        }
        await response.body?.cancel();
        target = new URL(location, target).href;
      }
      return 'too_many_redirects';
    } catch {
      return late.signal.aborted ? 'http_timeout' : 'connection_failed';
    } finally {
      inTime();
    }
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (ms === 0 || closing.signal.aborted) return resolve();
      const end = (): void => {
        callOff();
        closing.signal.removeEventListener('abort', end);
        resolve();
      };
      const callOff = clock.after(ms, end);
      closing.signal.addEventListener('abort', end, { once: true });
    });

  const deliver: HttpDelivery['deliver'] = async (type, payload, fault) => {
    const url = urls[type];
    if (url === undefined) throw new NotPossible(`the app has no request URL for ${type}`);
    const content = encode(type, payload);
    const delays = type === 'events_api' ? retryDelaysMs : [];
    let reason = '';
    const tried = await turnOf(type);
    for (let attempt = 0; attempt <= delays.length; attempt += 1) {
      if (attempt > 0) await pause(delays[attempt - 1] ?? 0);
      if (closing.signal.aborted) break;
      const cut = attempt === 0 ? fault : undefined;
      const ended =
        cut === 'reset_before_apply'
          ? 'connection_failed'
          : await post(url, type, attempt === 0 ? content : { ...content, retry: { num: attempt, reason } });
      tried();
      if (typeof ended !== 'string' && isTaken(ended.status) && cut !== 'reset_after_apply') {
        return acknowledgement(ended.body);
      }
      reason = cut ? 'connection_failed' : typeof ended === 'string' ? ended : 'http_error';
      if (typeof ended !== 'string' && ended.noRetry) break;
    }
    tried();
    throw new NotPossible(`the app did not take it: ${reason || 'the playground has stopped'}`);
  };

  return {
    deliver,
    takes: (type) => urls[type] !== undefined,
    urls: () => urls,
    setUrls: (next) => {
      urls = next;
    },
    verify: async (url) => {
      const challenge = signatureOf(options.signingSecret, String(clock.now()), url).slice(3, 50);
      const body = JSON.stringify({ token: 'playground', challenge, type: 'url_verification' });
      const ended = await post(url, 'url_verification', { body, type: 'application/json' });
      const said = typeof ended === 'string' ? ended : ended.body;
      const parsed = parseJson(said);
      const answered = isObject(parsed) ? parsed.challenge : new URLSearchParams(said).get('challenge');
      const isRight = typeof ended !== 'string' && isTaken(ended.status);
      if (!isRight || (answered !== challenge && said !== challenge)) {
        throw new NotPossible(`${url} does not answer the challenge`);
      }
    },
    requests,
    close: () => closing.abort(),
  };
}

/** `v0=` and the HMAC-SHA256 over version, time and body, in hex. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Events come as JSON, interactivity as a form with JSON in `payload`, commands as a form. */
function encode(type: DeliveryType, payload: JsonObject): { body: string; type: string } {
  if (type === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' };
  const form =
    type === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value ?? '')]));
  return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
}

/** The answer's body: JSON, or text that a command's sender sees. */
function acknowledgement(body: string): JsonObject {
  const parsed = parseJson(body);
  if (isObject(parsed)) return parsed;
  return body.trim() === '' ? {} : { text: body };
}
