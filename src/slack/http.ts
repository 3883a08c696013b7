import type { App, Receiver } from '@slack/bolt';
import { verifySlackRequest } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';

export type HttpAnswer = { readonly status: number; readonly type: string; readonly body: string };
export type HttpHeaders = { readonly [name: string]: string | readonly string[] | undefined };
/** Takes one request of Slack's: the body byte for byte as text, the headers in lower case. */
export type Receive = (rawBody: string, headers: HttpHeaders) => Promise<HttpAnswer>;

const GOOD_FOR_MS = 5 * 60_000;
/** Slack gives up on an answer after three seconds. */
const ANSWER_MS = 2_900;

type Body = { readonly [key: string]: unknown };

/**
 * Slack over HTTP, to be mounted at `POST /slack/events`. Signature and age are checked as Slack says
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack); a signature counts once.
 */
export function httpReceiver(options: {
  readonly signingSecret: string;
  readonly log: Log;
  readonly now: () => Date;
}): { readonly receiver: Receiver; readonly receive: Receive } {
  const { log, now } = options;
  const seen = new Map<string, number>();
  let app: App | null = null;

  const isFresh = (signature: string): boolean => {
    const at = now().getTime();
    for (const [known, until] of seen) if (until <= at) seen.delete(known);
    if (seen.has(signature)) return false;
    // A timestamp may lie as far ahead as behind, so it can be shown again for twice as long.
    seen.set(signature, at + 2 * GOOD_FOR_MS);
    return true;
  };

  const receive: Receive = async (rawBody, headers) => {
    const signature = one(headers, 'x-slack-signature');
    const timestamp = one(headers, 'x-slack-request-timestamp');
    if (!isSigned(rawBody, signature, timestamp, options.signingSecret, now())) {
      return answer(401, 'The signature does not hold.');
    }
    if (!isFresh(signature)) return answer(401, 'This request was here before.');
    const body = parse(rawBody, one(headers, 'content-type'));
    if (body === null) return answer(400, 'The body is neither JSON nor a form.');
    if (body.ssl_check !== undefined) return answer(200, '');
    if (body.type === 'url_verification') return json({ challenge: body.challenge });
    if (app === null) return answer(503, 'Not ready.');
    return handle(app, body, headers, log);
  };

  const receiver: Receiver = {
    init: (made) => {
      app = made;
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  return { receiver, receive };
}

/** Ends with what a listener acknowledges; the listener's work may go on after that. */
function handle(app: App, body: Body, headers: HttpHeaders, log: Log): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(answer(500, 'Nobody answered in time.')), ANSWER_MS);
    const settle = (end: HttpAnswer): void => {
      clearTimeout(timer);
      resolve(end);
    };
    const retryNum = Number(one(headers, 'x-slack-retry-num'));
    const retryReason = one(headers, 'x-slack-retry-reason');
    app
      .processEvent({
        body: { ...body },
        ack: async (said?: unknown) => {
          if (said === undefined || said === '') settle(answer(200, ''));
          else settle(typeof said === 'string' ? answer(200, said) : json(said));
        },
        ...(retryNum > 0 ? { retryNum } : {}),
        ...(retryReason === '' ? {} : { retryReason }),
      })
      .then(
        () => settle(answer(404, 'Nothing here takes this.')),
        (error: unknown) => {
          log.error(
            { error: error instanceof Error ? error.message : String(error) },
            'a request of Slack failed',
          );
          settle(answer(500, 'That failed.'));
        },
      );
  });
}

function isSigned(body: string, signature: string, timestamp: string, secret: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return false;
  if (Number(timestamp) * 1000 > now.getTime() + GOOD_FOR_MS) return false;
  try {
    verifySlackRequest({
      signingSecret: secret,
      body,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
      nowMilliseconds: now.getTime(),
    });
    return true;
  } catch {
    return false;
  }
}

/** Events are JSON; interactivity is a form with JSON in `payload`; commands are a form. */
function parse(rawBody: string, contentType: string): Body | null {
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return parseObject(rawBody);
  const form = Object.fromEntries(new URLSearchParams(rawBody));
  return form.payload === undefined ? form : parseObject(form.payload);
}

function parseObject(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function one(headers: HttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function answer(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function json(value: unknown): HttpAnswer {
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
