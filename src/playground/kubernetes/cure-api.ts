import type { CureApi } from './scenarios/cure.ts';

/** Plain requests to a playground's own API server at `url`, with the administrator's token. */
export function cureApi(url: string, token: string, now: () => number): CureApi {
  async function send(method: string, path: string, body?: unknown, type = 'application/json') {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text;
  }
  return {
    get: async (path) => JSON.parse(await send('GET', path)),
    patch: async (path, body) => {
      await send('PATCH', path, body, 'application/merge-patch+json');
    },
    post: async (path, body) => {
      await send('POST', path, body);
    },
    remove: async (path) => {
      await send('DELETE', path);
    },
    now: () => new Date(now()).toISOString(),
  };
}
