import type { PlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';

export type Answer = { status: number; body: Record<string, unknown> };

export type Admin = {
  get(path: string): Promise<Record<string, unknown>>;
  text(path: string): Promise<string>;
  /** Sends a merge patch. */
  patch(path: string, body: unknown): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  remove(path: string): Promise<Answer>;
};

/** Speaks to a playground's API as its administrator, with plain requests. */
export function adminOf(cluster: PlaygroundCluster, name = 'test'): Admin {
  const token = new RegExp(`name: ${name}-admin[\\s\\S]*?token: (\\S+)`).exec(cluster.kubeconfig)?.[1] ?? '';
  async function call(method: string, path: string, body?: unknown, type = 'application/json') {
    const answer = await fetch(`${cluster.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  }
  async function send(...request: Parameters<typeof call>): Promise<Answer> {
    const { status, text } = await call(...request);
    return { status, body: JSON.parse(text === '' ? '{}' : text) };
  }
  return {
    get: async (path) => (await send('GET', path)).body,
    text: async (path) => (await call('GET', path)).text,
    patch: (path, body) => send('PATCH', path, body, 'application/merge-patch+json'),
    post: (path, body) => send('POST', path, body),
    remove: (path) => send('DELETE', path),
  };
}
