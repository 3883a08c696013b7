import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseFault } from './faults.ts';
import { openEventStream, readBody, sendJson } from './http.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { Refusal } from './method.ts';
import { NotPossible } from './not-possible.ts';
import type { Entered } from './people-modals.ts';
import type { PlaygroundSlack } from './workspace.ts';

/** Thrown for a body that lacks something. */
class BadInput extends Error {}

type Route = (slack: PlaygroundSlack, input: Input) => unknown;

/** A request's body or query, read member by member. */
type Input = { text(name: string): string; maybe(name: string): string | undefined; all: JsonObject };

function inputOf(all: JsonObject): Input {
  const maybe = (name: string): string | undefined => {
    const value = all[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const text = (name: string): string => {
    const value = maybe(name);
    if (value === undefined) throw new BadInput(`\`${name}\` is missing`);
    return value;
  };
  return { text, maybe, all };
}

function valuesOf(value: unknown): Entered {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
  );
}

const reads: { readonly [path: string]: Route } = {
  channels: (slack) => slack.channels(),
  messages: (slack, input) => {
    const user = input.maybe('user');
    return slack.messages(input.text('channel'), {
      system: input.maybe('system') === 'true',
      ...(user === undefined ? {} : { user }),
    });
  },
  calls: (slack) => slack.calls,
  people: (slack) => slack.peopleViews(),
  groups: (slack) => slack.groups(),
  views: (slack, input) => slack.views(input.text('user')),
  faults: (slack) => slack.faults(),
  request_url: (slack) => slack.requestUrls(),
  requests: (slack) => slack.requests,
};

const writes: { readonly [path: string]: Route } = {
  click: (slack, input) => {
    const viewId = input.maybe('view_id');
    const common = {
      action_id: input.text('action_id'),
      user: input.text('user'),
      value: input.all.value,
    };
    return viewId === undefined
      ? slack.click({ channel: input.text('channel'), ts: input.text('ts'), ...common })
      : slack.clickView({ view_id: viewId, ...common });
  },
  submit: (slack, input) =>
    slack.submitView({
      view_id: input.text('view_id'),
      user: input.text('user'),
      values: valuesOf(input.all.values),
    }),
  close: (slack, input) => slack.closeView({ view_id: input.text('view_id'), user: input.text('user') }),
  command: (slack, input) => {
    const command = input.maybe('command');
    return slack.command({
      user: input.text('user'),
      channel: input.text('channel'),
      text: input.maybe('text') ?? '',
      ...(command === undefined ? {} : { command }),
    });
  },
  message: (slack, input) => {
    const thread = input.maybe('thread_ts');
    return slack.say({
      user: input.text('user'),
      channel: input.text('channel'),
      text: input.text('text'),
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
  },
  reaction: (slack, input) =>
    slack.reaction({
      user: input.text('user'),
      channel: input.text('channel'),
      ts: input.text('ts'),
      name: input.text('name'),
      remove: input.all.remove === true,
    }),
  join: (slack, input) => slack.join({ user: input.text('user'), channel: input.text('channel') }),
  channel: (slack, input) =>
    slack.createChannel({
      user: input.text('user'),
      name: input.text('name'),
      is_private: input.all.is_private === true,
    }),
  user: (slack, input) => {
    const { deleted, is_restricted } = input.all;
    slack.changeUser({
      user: input.text('user'),
      ...(typeof deleted === 'boolean' ? { deleted } : {}),
      ...(typeof is_restricted === 'boolean' ? { is_restricted } : {}),
    });
  },
  group: (slack, input) => {
    const { users } = input.all;
    if (!Array.isArray(users)) throw new BadInput('`users` is a list of user ids');
    slack.changeGroup({ handle: input.text('handle'), users: users.map(String) });
  },
  faults: (slack, input) => {
    if (input.all.clear === true) {
      slack.clearFaults();
      return slack.faults();
    }
    const fault = parseFault(input.all);
    if (typeof fault === 'string') throw new BadInput(fault);
    slack.addFault(fault);
    return slack.faults();
  },
  replay: async (slack) => ({ replayed: await slack.replay() }),
  request_url: async (slack, input) => {
    const all = input.maybe('url');
    const [interactive, slash_commands, events_api] = ['interactivity', 'commands', 'events'].map(
      input.maybe,
    );
    await slack.setRequestUrl(
      all ?? {
        ...(interactive === undefined ? {} : { interactive }),
        ...(slash_commands === undefined ? {} : { slash_commands }),
        ...(events_api === undefined ? {} : { events_api }),
      },
    );
    return slack.requestUrls();
  },
  install: (slack, input) => {
    const { scopes, bot_events } = input.all;
    slack.install({
      ...(Array.isArray(scopes) ? { scopes: scopes.map(String) } : {}),
      ...(Array.isArray(bot_events) ? { botEvents: bot_events.map(String) } : {}),
    });
  },
  disconnect: (slack, input) => {
    if (input.all.abruptly === true) slack.dropSockets();
    else slack.disconnectSockets();
  },
};

/** Serves `/_playground/…`: what people see and do in the workspace, and the faults to come. */
export async function handlePlayground(
  slack: PlaygroundSlack,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const name = url.pathname.slice('/_playground/'.length);
  const isWrite = request.method === 'POST';
  if (!isWrite && name === 'stream') {
    const send = openEventStream(response);
    send('changed', {});
    const stop = slack.onChange(() => send('changed', {}));
    response.on('close', stop);
    return;
  }
  const table = isWrite ? writes : reads;
  const route = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!route) {
    sendJson(response, 404, { error: `there is no ${request.method} ${url.pathname}` });
    return;
  }
  try {
    const body = isWrite ? parseJson((await readBody(request)).toString('utf8') || '{}') : undefined;
    if (isWrite && !isObject(body)) throw new BadInput('the body is not a JSON object');
    const input = inputOf(isObject(body) ? body : Object.fromEntries(url.searchParams));
    sendJson(response, 200, (await route(slack, input)) ?? { ok: true });
  } catch (error) {
    const isExpected = error instanceof BadInput || error instanceof NotPossible || error instanceof Refusal;
    if (!isExpected) throw error;
    sendJson(response, 400, { error: error.message });
  }
}
