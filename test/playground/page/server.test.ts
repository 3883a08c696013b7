import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DemoPageOptions, startDemoPage } from '../../../src/playground/page/server.ts';
import { channelId, clientOf, startSlack } from '../slack/harness.ts';

async function startPage(options: Partial<DemoPageOptions> = {}) {
  const slack = await startSlack();
  const broken: string[] = [];
  const page = await startDemoPage({
    slack,
    port: 0,
    scenarios: () => [{ name: 'bad-release', title: 'Release a checkout that crashes' }],
    breakScenario: (name) => {
      broken.push(name);
    },
    cluster: () => ({ healthy: true, workloads: [], nodes: [], broken: [] }),
    ...options,
  });
  onTestFinished(() => page.stop());
  return { slack, page, broken };
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers });

test('the page allows only its own scripts, styles and connections', async () => {
  const { page } = await startPage();
  const response = await fetch(page.url);
  expect(response.headers.get('content-type')).toContain('text/html');
  const policy = response.headers.get('content-security-policy') ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy.split('; ')).toContain(rule);
  }
});

test('every file that the page and its scripts name is served', async () => {
  const { page } = await startPage();
  const asked = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (asked.has(path)) return;
    asked.add(path);
    const response = await fetch(`${page.url}/${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    const text = await response.text();
    const names = [...text.matchAll(/(?:src="|href="|from '\.\/)([\w-]+\.(?:js|css))/g)];
    for (const [, name] of names) if (name !== undefined) await visit(name);
  };
  await visit('');
  expect(asked).toContain('mrkdwn.js');
  expect((await fetch(`${page.url}/server.ts`)).status).toBe(404);
});

test('the scripts never write markup', async () => {
  const { page } = await startPage();
  const folder = join(import.meta.dirname, '../../../src/playground/page');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  expect(scripts).toContain('page.js');
  for (const name of scripts) {
    const response = await fetch(`${page.url}/${name}`);
    expect([name, response.status]).toEqual([name, 200]);
    expect(await response.text(), name).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
    );
  }
});

test('breaking a scenario calls the demo, and only for one that it offers', async () => {
  const { page, broken } = await startPage();
  expect((await post(`${page.url}/demo/break`, { scenario: 'bad-release' })).status).toBe(200);
  expect((await post(`${page.url}/demo/break`, { scenario: 'everything' })).status).toBe(404);
  expect(broken).toEqual(['bad-release']);
});

test('another site in the same browser cannot press the page’s buttons', async () => {
  const { page, broken } = await startPage();
  const foreign = await post(
    `${page.url}/demo/break`,
    { scenario: 'bad-release' },
    { origin: 'https://evil.example' },
  );
  expect(foreign.status).toBe(403);
  expect(broken).toEqual([]);
});

test('a person sees their own ephemeral messages and nobody else’s', async () => {
  const { slack, page } = await startPage();
  const channel = channelId(slack, 'incidents');
  const { ada = '', ben = '', gus = '' } = slack.people;
  await clientOf(slack).chat.postEphemeral({ channel, user: ben, text: 'psst' });
  const seenBy = async (user: string): Promise<unknown> =>
    (await fetch(`${page.url}/_playground/messages?channel=${channel}&user=${user}`)).json();
  expect(await seenBy(ben)).toMatchObject([{ text: 'psst' }]);
  expect(await seenBy(ada)).toEqual([]);
  await clientOf(slack).chat.postMessage({ channel, text: 'for everybody here' });
  expect(await seenBy(gus)).toEqual([]);
});

test('the stream says when something changed in Slack or in the cluster', async () => {
  let clusterChanged = (): void => {};
  const { slack, page } = await startPage({
    onClusterChange: (listener) => {
      clusterChanged = listener;
      return () => {};
    },
  });
  const response = await fetch(`${page.url}/demo/stream`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const nextChange = async (): Promise<void> => {
    for (;;) {
      const { value = '', done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error('the stream has ended');
      if (value.includes('event: changed')) return;
    }
  };
  await nextChange();
  slack.say({ user: slack.people.ada ?? '', channel: channelId(slack, 'general'), text: 'hello' });
  await nextChange();
  clusterChanged();
  await nextChange();
  await reader?.cancel();
});

test('a taken port becomes the next free one', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => taken.close(() => resolve())));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { page } = await startPage({ port });
  expect(Number(new URL(page.url).port)).toBeGreaterThan(port);
});
