import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { openEventStream, readBody, sendJson, sendText } from '../slack/http.ts';
import { isObject, parseJson } from '../slack/json.ts';
import { handlePlayground } from '../slack/playground-api.ts';
import type { PlaygroundSlack } from '../slack/server.ts';

export type DemoPageOptions = {
  slack: PlaygroundSlack;
  port: number;
  /** What can be broken; `broken` and not `healthy` is what is broken now. */
  scenarios: () => readonly { name: string; title: string; broken?: boolean; healthy?: boolean }[];
  breakScenario: (name: string) => Promise<void> | void;
  /** What cluster-view.ts makes of the cluster, for the panel; with a `name`, when it has one. */
  cluster: () => unknown;
  /** Webhook bodies so far, oldest first. */
  webhooks?: () => readonly unknown[];
  /** Calls the listener whenever the cluster or the webhooks changed; returns how to stop that. */
  onClusterChange?: (listener: () => void) => () => void;
};

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const scripts = [
  ...['page', 'workspace', 'dom', 'hint', 'sidebar', 'room', 'message', 'thread'],
  ...['mrkdwn', 'dates', 'blocks', 'dialogs', 'fields', 'panel'],
];
const files: { readonly [path: string]: { file: string; type: string } } = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  ...served(['page', 'messages', 'panel'], 'css', 'text/css; charset=utf-8'),
  ...served(scripts, 'js', 'text/javascript; charset=utf-8'),
};

function served(names: readonly string[], ending: string, type: string): typeof files {
  return Object.fromEntries(names.map((name) => [`/${name}.${ending}`, { file: `${name}.${ending}`, type }]));
}

const portsTried = 50;

/**
 * Serves the demo's page on loopback. When the port is taken the next free one is used.
 * @throws Error with the code EADDRINUSE when fifty ports in a row are taken
 */
export async function startDemoPage(
  options: DemoPageOptions,
): Promise<{ url: string; stop(): Promise<void> }> {
  const pages = new Map(
    Object.entries(files).map(([path, { file, type }]) => [
      path,
      { type, body: readFileSync(join(import.meta.dirname, file)) },
    ]),
  );
  const server = createServer((request, response) => {
    handle(options, pages, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: error instanceof Error ? error.message : 'failed' });
    });
  });
  const port = await listenFrom(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function handle(
  options: DemoPageOptions,
  pages: ReadonlyMap<string, { type: string; body: Buffer }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwn(request)) return sendText(response, 403, 'this page talks to itself only');
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const page = request.method === 'GET' ? pages.get(url.pathname) : undefined;
  if (page) {
    response.writeHead(200, {
      'content-type': page.type,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    response.end(page.body);
    return;
  }
  if (url.pathname.startsWith('/_playground/'))
    return handlePlayground(options.slack, request, response, url);
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /demo/scenarios':
      return sendJson(response, 200, options.scenarios());
    case 'GET /demo/cluster':
      return sendJson(response, 200, options.cluster() ?? {});
    case 'GET /demo/webhooks':
      return sendJson(response, 200, options.webhooks?.() ?? []);
    case 'GET /demo/stream':
      return stream(options, response);
    case 'POST /demo/break': {
      const body = parseJson((await readBody(request)).toString('utf8'));
      const name = isObject(body) ? body.scenario : undefined;
      const scenario = options.scenarios().find((one) => one.name === name);
      if (!scenario) return sendJson(response, 404, { error: 'there is no such scenario' });
      await options.breakScenario(scenario.name);
      return sendJson(response, 200, { ok: true });
    }
    default:
      sendText(response, 404, 'not found');
  }
}

/** Only the page itself: another site in the same browser must not press its buttons. */
function isOwn(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false;
  const { origin } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

/** Says `changed` when something did, at most once per turn of the event loop. */
function stream(options: DemoPageOptions, response: ServerResponse): void {
  const send = openEventStream(response);
  let isDue = false;
  const changed = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (!response.destroyed) send('changed', {});
    });
  };
  const stops = [options.slack.onChange(changed), options.onClusterChange?.(changed)];
  response.on('close', () => {
    for (const stop of stops) stop?.();
  });
  changed();
}

function listenFrom(server: Server, first: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = (port: number): void => {
      const failed = (error: Error): void => {
        const isTaken = 'code' in error && error.code === 'EADDRINUSE';
        if (isTaken && port < Math.min(first + portsTried - 1, 65_535)) attempt(port + 1);
        else reject(error);
      };
      server.once('error', failed);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', failed);
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    };
    attempt(first);
  });
}
