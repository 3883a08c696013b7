import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, realClock } from './clock.ts';
import { createDeliveries } from './delivery/deliveries.ts';
import { createHttpDelivery, type RequestUrls, type SignedRequest } from './delivery/http.ts';
import { createSockets } from './delivery/sockets.ts';
import { createEmit } from './events.ts';
import { type AnyFault, createFaults, type Fault } from './faults.ts';
import { readBody, sendJson, sendText } from './http.ts';
import { manifestEvents, manifestScopes } from './installation.ts';
import { isObject, parseJson } from './json.ts';
import {
  type ChannelView,
  channelView,
  type MessageView,
  messageView,
  type PersonView,
  personViews,
  type ViewView,
  viewView,
} from './looks.ts';
import { methodTable } from './methods/table.ts';
import { createPeople } from './people.ts';
import { createModalPeople } from './people-modals.ts';
import { handlePlayground } from './playground-api.ts';
import { createRateLimits } from './rate-limits.ts';
import { answerResponseUrl } from './response-url.ts';
import { canSee } from './state.ts';
import { createTickets } from './tickets.ts';
import { handleWebApi, type RecordedCall, type WebApi } from './web-api.ts';
import type { PlaygroundSlack, SlackOptions } from './workspace.ts';
import { createHarbour, peopleByName } from './world.ts';

export type {
  AnyFault,
  ChannelView,
  Clock,
  Fault,
  MessageView,
  PersonView,
  PlaygroundSlack,
  RecordedCall,
  RequestUrls,
  SignedRequest,
  SlackOptions,
  ViewView,
};

/**
 * Starts a Slack workspace on loopback, with the Web API, Socket Mode and the `/_playground` endpoints.
 * @throws Error with the code EADDRINUSE when the port is taken
 */
export async function startPlaygroundSlack(options: SlackOptions = {}): Promise<PlaygroundSlack> {
  const clock = options.clock ?? { ...realClock, now: options.now ?? realClock.now };
  const { now } = clock;
  const installed = {
    scopes: options.installedScopes ?? manifestScopes,
    events: options.botEvents ?? manifestEvents,
  };
  const verificationToken = randomBytes(12).toString('hex');
  const state = createHarbour(now);
  const signingSecret = randomBytes(16).toString('hex');
  const faults = createFaults();
  const sockets = createSockets(state.app.id, clock);
  const http = createHttpDelivery({ clock, signingSecret, urls: urlsOf(options.requestUrl ?? {}) });
  const delivery = createDeliveries({ sockets, http, clock, takeFault: faults.takeOfDelivery });
  let url = '';
  const tickets = createTickets(now, () => url, state.team.id);
  const emit = createEmit(state, delivery, verificationToken, installed);
  const world = { state, tickets, delivery, emit };
  const api: WebApi = {
    methods: methodTable(
      (ticket) => `${url.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${state.app.id}`,
    ),
    tokens: { bot: token('xoxb'), app: token('xapp') },
    installed,
    faults,
    clock,
    limit: options.rateLimits === 'off' ? undefined : createRateLimits(now),
    world,
    calls: [],
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = new URL(request.url ?? '/', url);
    if (target.pathname.startsWith('/api/')) return handleWebApi(api, request, response, target);
    if (target.pathname.startsWith('/_playground/')) {
      return handlePlayground(slack, request, response, target);
    }
    if (target.pathname.startsWith('/actions/') && request.method === 'POST') {
      const body = parseJson((await readBody(request)).toString('utf8'));
      const answer = answerResponseUrl(world, target.pathname, isObject(body) ? body : {});
      return sendJson(response, answer.status, answer.body);
    }
    if (target.pathname.startsWith('/upload/v1/') && request.method === 'POST') {
      const size = (await readBody(request)).length;
      const file = state.files.get(tickets.useUpload(target.pathname) ?? '');
      if (!file) return sendText(response, 404, 'not found');
      file.state = 'uploaded';
      return sendText(response, 200, `OK - ${size}`);
    }
    sendText(response, 404, 'not found');
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, error instanceof Error ? error.message : 'failed');
      else response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const target = new URL(request.url ?? '/', url);
    if (target.pathname === '/link/' && tickets.useSocketTicket(target.searchParams.get('ticket') ?? '')) {
      sockets.accept(request, socket, head);
    } else {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
    }
  });
  url = await listen(server, options.port ?? 0);

  const slack: PlaygroundSlack = {
    ...createPeople({ ...world, verificationToken }),
    ...createModalPeople({ ...world, verificationToken }),
    url,
    apiUrl: `${url}/api/`,
    botToken: api.tokens.bot,
    appToken: api.tokens.app,
    signingSecret,
    calls: api.calls,
    people: peopleByName,
    botUserId: state.app.userId,
    teamId: state.team.id,
    channels: () => [...state.channels.values()].map(channelView),
    messages: (id, { system = false, user } = {}) => {
      const channel = state.channels.get(id);
      if (!channel || (user !== undefined && !canSee(state, channel, user))) return [];
      return [...channel.messages.values()]
        .filter((message) => system || message.subtype === undefined)
        .filter(({ ephemeralTo }) => user === undefined || [undefined, user].includes(ephemeralTo))
        .map((message) => messageView(state, channel, message));
    },
    views: (user) =>
      (state.stacks.get(user) ?? []).flatMap((id) => {
        const view = state.views.get(id);
        return view ? [viewView(view)] : [];
      }),
    home: (user) => {
      const view = state.homes.get(user);
      return view && viewView(view);
    },
    peopleViews: () => personViews(state),
    groups: () => [...state.groups.values()].map((group) => ({ ...group, users: [...group.users] })),
    addFault: api.faults.add,
    faults: api.faults.list,
    clearFaults: api.faults.clear,
    replay: delivery.replay,
    setRequestUrl: async (requestUrl) => {
      const urls = urlsOf(requestUrl ?? {});
      if (urls.events_api !== undefined && urls.events_api !== http.urls().events_api) {
        await http.verify(urls.events_api);
      }
      http.setUrls(urls);
    },
    requestUrls: http.urls,
    requests: http.requests,
    install: ({ scopes, botEvents }) => {
      installed.scopes = scopes ?? installed.scopes;
      installed.events = botEvents ?? installed.events;
    },
    installedScopes: () => installed.scopes,
    connections: sockets.connections,
    disconnectSockets: () => sockets.disconnect('refresh_requested'),
    dropSockets: sockets.drop,
    onChange: state.onChange,
    stop: async () => {
      http.close();
      await sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return slack;
}

/** One URL for everything, as most apps have it, or one for each. */
function urlsOf(requestUrl: string | RequestUrls): RequestUrls {
  return typeof requestUrl === 'string'
    ? { interactive: requestUrl, slash_commands: requestUrl, events_api: requestUrl }
    : requestUrl;
}

function token(kind: 'xoxb' | 'xapp'): string {
  return `${kind}-playground-${randomBytes(16).toString('hex')}`;
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${taken}`);
    });
  });
}
