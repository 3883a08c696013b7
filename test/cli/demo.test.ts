import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const STORY = [
  'alert.fired',
  'channel.opened',
  'runbook.matched',
  'step.started',
  'hypothesis.raised',
  'plan.proposed',
  'vote.cast',
  'execution.started',
  'validation.passed',
  'incident.resolved',
  'review.published',
];

/** A server that must never be called. */
async function trap(): Promise<{ server: Server; url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${port}`, calls: () => calls };
}

let folder = '';
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('firstmate demo --headless', () => {
  it('tells the whole night in order and never contacts what the machine is set up for', async () => {
    folder = await mkdtemp(join(tmpdir(), 'firstmate-laptop-'));
    const [slack, cluster] = [await trap(), await trap()];
    servers.push(slack.server, cluster.server);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'production',
        clusters: [{ name: 'p', cluster: { server: cluster.url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: { token: 'production' } }],
        contexts: [{ name: 'production', context: { cluster: 'p', user: 'u' } }],
      }),
    );
    await writeFile(join(folder, 'firstmate.yaml'), 'clusters: [{ name: production }]\n');
    const demo = spawn(process.execPath, [MAIN, 'demo', '--headless'], {
      cwd: folder,
      env: {
        ...process.env,
        KUBECONFIG: kubeconfig,
        FIRSTMATE_CONFIG: join(folder, 'firstmate.yaml'),
        SLACK_BOT_TOKEN: 'xoxb-production',
        SLACK_APP_TOKEN: 'xapp-production',
        SLACK_SIGNING_SECRET: 'production',
        SLACK_API_URL: `${slack.url}/api/`,
        DATABASE_URL: `sqlite:${join(folder, 'production.db')}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    demo.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    const [code] = await once(demo, 'exit');
    expect(code).toBe(0);
    const told = out.split('\n').map((line) => line.split(/\s+/)[1] ?? '');
    const places = STORY.map((type) => told.indexOf(type));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(out).toMatch(/vote\.cast\s+approved by ada/);
    expect([slack.calls(), cluster.calls()]).toEqual([0, 0]);
  }, 100_000);
});
