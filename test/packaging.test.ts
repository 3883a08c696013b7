import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

type PackageFile = {
  engines: { node: string };
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const manifest: PackageFile = JSON.parse(read('package.json'));

type Service = {
  image?: string;
  command?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
};
const compose: {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
} = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);

describe('the image', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines.filter((line) => line.startsWith('FROM '));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  it('is built in stages from the Node that the package wants, and from nowhere else', () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const stage of stages) expect(stage).toMatch(/^FROM node:(2[4-9])-slim( AS [a-z]+)?$/);
  });

  it('runs as a user that is not root, known by number', () => {
    expect(last.findLast((line) => line.startsWith('USER '))).toBe('USER 1000:1000');
  });

  it('has no kubectl, no compiler and nothing fetched past npm', () => {
    const text = lines.join('\n');
    expect(text).not.toMatch(/kubectl|curl|wget|apt-get|\bADD\b/);
    expect(lines).toContain('RUN npm ci --omit=dev');
    expect(last.join('\n')).not.toMatch(/npm|COPY (--from=build \/app\/node_modules|src|scripts|test|\.)/);
  });

  it('starts the bot, keeps its database on the volume and is asked on the admin port whether it lives', () => {
    expect(last).toContain('ENTRYPOINT ["node", "dist/main.js"]');
    expect(last).toContain('CMD ["start"]');
    expect(last).toContain('VOLUME /data');
    expect(last.join('\n')).toContain('DATABASE_URL=sqlite:/data/');
    expect(last.find((line) => line.startsWith('HEALTHCHECK'))).toContain('ADMIN_PORT');
  });

  it('copies only what there is, and what the builder is allowed to see', () => {
    const ignore = read('.dockerignore').split('\n');
    expect(ignore).toContain('*');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(10);
    for (const path of copied) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(ignore, path).toContain(`!${path.split('/')[0]}`);
    }
  });
});

describe('docker compose', () => {
  it('shows the demo when nothing else is said, and has the real thing behind a profile', () => {
    const plain = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(plain).toEqual(['demo', 'demo-door']);
    expect(compose.services.demo?.command).toEqual(['demo']);
    const real = services.filter(([, { profiles }]) => profiles?.includes('real')).map(([name]) => name);
    expect(real.toSorted()).toEqual(['alertmanager', 'firstmate', 'prometheus']);
  });

  it.each(services)('%s cannot write to its root file system or gain rights', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.cap_drop).toEqual(['ALL']);
  });

  it.each(services)('%s is open to this machine alone', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('holds no secret itself, and keeps those it names out of git', () => {
    for (const [name, value] of Object.entries(compose.services.firstmate?.environment ?? {})) {
      if (/TOKEN|SECRET/.test(name)) expect(value).toMatch(/^\/run\/secrets\//);
    }
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(read('deploy/secrets/.gitignore')).toBe('*\n!.gitignore\n');
  });

  it('mounts only files of this repository, its volumes, and your firstmate.yaml', () => {
    const mounted = services
      .flatMap(([, { volumes }]) => volumes ?? [])
      .map((line) => line.split(':')[0] ?? '')
      .filter((path) => path.startsWith('.') && path !== './firstmate.yaml');
    expect(mounted.length).toBeGreaterThan(3);
    for (const path of mounted) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  it('has Prometheus tell Alertmanager, and Alertmanager tell firstmate what fires and what ended', () => {
    const prometheus = parse(read('deploy/prometheus.yml'));
    expect(prometheus.alerting.alertmanagers[0].static_configs[0].targets).toEqual(['alertmanager:9093']);
    const alertmanager = parse(read('deploy/alertmanager.yml'));
    const receiver = alertmanager.receivers.find(({ name }: { name: string }) => name === 'firstmate');
    const [webhook] = receiver.webhook_configs;
    expect(webhook.url).toMatch(/^http:\/\/firstmate:3000\/webhooks\/alertmanager\/[a-z]+$/);
    expect(webhook.send_resolved).toBe(true);
    expect(webhook.max_alerts).toBeGreaterThan(0);
    expect(webhook.http_config.authorization.credentials_file).toBe('/run/secrets/alertmanager');
    const [route] = alertmanager.route.routes;
    expect(route).toMatchObject({ receiver: 'firstmate', continue: true });
    const source: string = webhook.url.split('/').at(-1);
    const example = parse(read('firstmate.example.yaml'));
    expect(example.sources.map(({ name }: { name: string }) => name)).toContain(source);
  });

  it('lets connections through the door of the demo, both ways', async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    const to = typeof address === 'object' && address !== null ? address.port : 0;
    const door = spawn(process.execPath, [join(ROOT, 'deploy/demo-door.mjs'), '0', String(to)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(door, 'exit');
    try {
      const [line] = await once(door.stdout, 'data');
      const from = Number(/^port (\d+) /.exec(String(line))?.[1]);
      const client = connect(from, '127.0.0.1');
      client.write('ahoy');
      const [back] = await once(client, 'data');
      expect(String(back)).toBe('ahoy');
      client.destroy();
    } finally {
      door.kill();
      echo.close();
    }
    expect(await exited).toEqual([0, null]);
  });
});

describe('npm', () => {
  it('has a lock that names no registry, and exact versions', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"\s*:\s*"http/);
    for (const [name, version] of [
      ...Object.entries(manifest.dependencies),
      ...Object.entries(manifest.devDependencies),
    ])
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('gives each dependency a reason', () => {
    const reasons = read('docs/decisions/0001-dependencies.md');
    const named = Object.keys(manifest.dependencies).filter((name) => !reasons.includes(`\`${name}\``));
    expect(named).toEqual([]);
  });
});

describe('CI', () => {
  const script = read('.ci/run');
  const steps = [...script.matchAll(/^npm (ci|test|run [a-z0-9:]+)$/gm)].map(([line]) => line);

  it('runs lint, types, the tests of the README and the end-to-end test, in that order', () => {
    expect(steps).toEqual(['npm ci', 'npm run lint', 'npm run types', 'npm test', 'npm run test:e2e']);
    expect(script).toContain('set -euo pipefail');
    expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
  });

  it('is the same on GitHub, with the Node of the image', () => {
    const [job] = Object.values<{ steps: { run?: string; with?: Record<string, unknown> }[] }>(
      parse(read('.github/workflows/ci.yml')).jobs,
    );
    expect(job?.steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
    expect(job?.steps.map((step) => step.with?.['node-version'])).toContain(24);
  });
});

const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

/** GitHub's anchors: lower case, spaces as dashes, no punctuation. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('%s', (file) => {
  const text = read(file);

  it('links only to what is there', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const target = join(dirname(file), path);
      expect(existsSync(join(ROOT, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchors(read(target)), link).toContain(anchor);
    }
  });

  it('names only commands and files that exist', () => {
    const scripts = [...text.matchAll(/npm run ([a-z][a-z0-9:]*)/g)].map(([, name = '']) => name);
    for (const name of scripts.filter((one) => one !== 'and')) {
      expect(Object.keys(manifest.scripts), name).toContain(name);
    }
    const known = [...read('src/cli/run.ts').matchAll(/import\('\.\/([a-z-]+)\.ts'\)/g)].map(
      ([, name]) => name,
    );
    for (const [, name = ''] of text.matchAll(/npx (?:firstmate|node src\/main\.ts) ([a-z]+)/g)) {
      expect(known, name).toContain(name);
    }
    for (const [, path = ''] of text.matchAll(/`((?:src|core|kubernetes|ingest|test|deploy)\/[\w./-]+)`/g)) {
      const places = [path, join('src', path)].some((place) => existsSync(join(ROOT, place)));
      expect(places || path.startsWith('deploy/secrets'), path).toBe(true);
    }
  });
});

describe('the README', () => {
  it('has the two commands, and says to keep the pager', () => {
    const text = read('README.md');
    expect(text).toContain('npm ci && npm run demo');
    expect(text).toContain('npm ci && npm test');
    expect(text.toLowerCase()).toContain('keep your pager until you trust it');
  });
});
