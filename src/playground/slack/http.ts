import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject, parseJson } from './json.ts';

const largestBody = 2_000_000;

/** The body as text. @throws Error when it is larger than 2 MB or the client goes away */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) throw new Error('the body is larger than 2 MB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export type Parsed = { args: JsonObject; isJson: boolean } | { error: string };

/**
 * The arguments of a Web API call from its query, form, multipart form or JSON body
 * (https://docs.slack.dev/apis/web-api#evaluating_arguments).
 * @returns the arguments, or Slack's error code for a body that cannot be read
 */
export async function parseArguments(request: IncomingMessage, body: Buffer, url: URL): Promise<Parsed> {
  const query: JsonObject = Object.fromEntries(url.searchParams);
  const contentType = request.headers['content-type'] ?? '';
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (body.length === 0) return { args: query, isJson: type === 'application/json' };
  if (type === '') return { error: 'missing_post_type' };
  const charset = /charset=([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'iso-8859-1'].includes(charset)) return { error: 'invalid_charset' };
  if (type === 'application/x-www-form-urlencoded') {
    const form = new URLSearchParams(body.toString('utf8'));
    if ([...form.keys()].some((name) => name.endsWith('[]'))) return { error: 'invalid_array_arg' };
    return { args: { ...query, ...Object.fromEntries(form) }, isJson: false };
  }
  if (type === 'application/json') {
    const value = parseJson(body.toString('utf8'));
    return isObject(value) ? { args: { ...query, ...value }, isJson: true } : { error: 'invalid_form_data' };
  }
  if (type === 'multipart/form-data') {
    try {
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': contentType },
      }).formData();
      const fields = [...form].filter(([, value]) => typeof value === 'string');
      return { args: { ...query, ...Object.fromEntries(fields) }, isJson: false };
    } catch {
      return { error: 'invalid_form_data' };
    }
  }
  return { error: 'invalid_post_type' };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: { [name: string]: string } = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** Opens a stream of server-sent events. @returns a function that sends one */
export function openEventStream(response: ServerResponse): (event: string, data: unknown) => void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-content-type-options': 'nosniff',
  });
  response.write('retry: 1000\n\n');
  return (event, data) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
}
