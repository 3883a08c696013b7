import type { IncomingMessage, ServerResponse } from 'node:http';
import { argsOf } from './args.ts';
import { type Clock, waitFor } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import { parseArguments, readBody, sendJson, sendText } from './http.ts';
import type { JsonObject } from './json.ts';
import { type Call, type Method, Refusal } from './method.ts';

/** One Web API call as it came, without its token. `fault` names a fault that was set on it. */
export type RecordedCall = {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  args: JsonObject;
  ok: boolean;
  error?: string;
  fault?: string;
};

type Answer = { status: number; body: JsonObject; headers: { [name: string]: string } };

export type WebApi = {
  clock: Clock;
  methods: ReadonlyMap<string, Method>;
  tokens: { bot: string; app: string };
  installed: { readonly scopes: readonly string[] };
  faults: Faults;
  /** Undefined when calls are not limited. */
  limit: ((method: string, channel: string) => number | undefined) | undefined;
  world: Omit<Call, 'args' | 'scopes'>;
  calls: RecordedCall[];
};

const appScopes = ['connections:write'];
const usualRetryAfter = 1;

/** Answers `POST /api/<method>`: faults first, then token, scopes, rate limit, arguments and the method. */
export async function handleWebApi(
  api: WebApi,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const name = url.pathname.slice('/api/'.length);
  const parsed = await parseArguments(request, await readBody(request), url);
  const args: JsonObject = 'error' in parsed ? {} : parsed.args;
  const { token: bodyToken, ...rest } = args;
  const record = (entry: Pick<RecordedCall, 'ok' | 'error' | 'fault'>): void => {
    api.calls.push({ at: api.world.state.now(), method: name, args: rest, ...entry });
  };
  const fault = api.faults.take(name);
  if (fault?.slow !== undefined) await waitFor(api.clock, fault.slow);
  if (fault?.reset_before_apply) {
    record({ ok: false, fault: 'reset_before_apply' });
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.status !== undefined && fault.status !== 200) {
    record({ ok: false, fault: `status ${fault.status}` });
    if (fault.status === 429) sendAnswer(response, limited(fault.retryAfter ?? usualRetryAfter));
    else sendText(response, fault.status, 'the playground was told to answer this');
    return;
  }
  const header = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const inBody = 'error' in parsed || parsed.isJson ? undefined : bodyToken;
  const token = header ?? (typeof inBody === 'string' ? inBody : '');
  const answer = answerCall(api, name, 'error' in parsed ? parsed.error : rest, token, fault);
  const error = answer.body.error;
  record({
    ok: answer.body.ok === true,
    ...(typeof error === 'string' ? { error } : {}),
    ...(fault ? { fault: fault.reset_after_apply ? 'reset_after_apply' : (fault.error ?? 'slow') } : {}),
  });
  if (fault?.reset_after_apply) request.socket.resetAndDestroy();
  else sendAnswer(response, answer);
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  sendJson(response, answer.status, answer.body, answer.headers);
}

function refused(error: string, detail: JsonObject = {}): Answer {
  return { status: 200, body: { ok: false, error, ...detail }, headers: {} };
}

function limited(seconds: number): Answer {
  return {
    status: 429,
    body: { ok: false, error: 'ratelimited' },
    headers: { 'retry-after': String(seconds) },
  };
}

/** One key per channel, whether the app says its id or its name. */
function channelKey(api: WebApi, wanted: string): string {
  const name = wanted.replace(/^#/, '');
  const byName = [...api.world.state.channels.values()].find((one) => one.name === name && name !== '');
  return byName?.id ?? wanted;
}

/** `input` is the arguments, or the error code of a body that could not be read. */
function answerCall(
  api: WebApi,
  name: string,
  input: JsonObject | string,
  token: string,
  fault: Fault | undefined,
): Answer {
  const method = api.methods.get(name);
  if (!method) return refused('unknown_method', { req_method: name });
  if (typeof input === 'string') return refused(input);
  if (token === '') return refused('not_authed');
  const kind = token === api.tokens.bot ? 'bot' : token === api.tokens.app ? 'app' : undefined;
  if (kind === undefined) return refused('invalid_auth');
  if (method.token !== 'any' && method.token !== kind) return refused('not_allowed_token_type');
  const scopes = kind === 'app' ? appScopes : api.installed.scopes;
  const headers = { 'x-oauth-scopes': scopes.join(','), 'x-accepted-oauth-scopes': method.scopes.join(',') };
  if (method.scopes.length > 0 && !method.scopes.some((scope) => scopes.includes(scope))) {
    const detail = { needed: method.scopes[0], provided: scopes.join(',') };
    return { ...refused('missing_scope', detail), headers };
  }
  if (fault?.error !== undefined) {
    return fault.error === 'ratelimited'
      ? limited(fault.retryAfter ?? usualRetryAfter)
      : { ...refused(fault.error), headers };
  }
  const args = argsOf(input);
  const wait = api.limit?.(name, channelKey(api, args.text('channel')));
  if (wait !== undefined) return limited(wait);
  try {
    const body = method.run({ ...api.world, args, scopes });
    return { status: 200, body: { ok: true, ...body }, headers };
  } catch (error) {
    if (error instanceof Refusal) return { ...refused(error.code, error.detail), headers };
    throw error;
  }
}
