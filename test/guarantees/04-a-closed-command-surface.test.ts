import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardLine } from '../../src/cli/guard.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { sent, untilTheCard } from './hands.ts';
import { MAIN, trapped } from './no-subprocess.ts';

// The fuzzer stands in test/core/command-properties.test.ts, the comparison of each operation with what an API server
// saw in test/kubernetes/registry.test.ts, and a whole incident under the same trap in test/e2e.

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'guard');

/** About servers, identities, files, templates and output; unknown, cut short, given twice, not ASCII; for a shell. */
const MORE = [
  '--server=https://evil.example',
  '--kubeconfig=/tmp/other',
  '--token=x',
  '--as=admin',
  '--template={{.}}',
  '--filename=/etc/passwd',
  '--nothing-of-the-kind',
  '--namespac=web',
  '-n web -n web',
  '--\u0455erver=x',
  '--raw=/api',
  '$(id)',
  '`id`',
  '; id',
  '&& id',
  '| sh',
  '> /tmp/x',
];

type Expected = { readonly input: string; readonly expect: string; readonly why: string };

const corpus = (name: string): readonly Expected[] =>
  readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-closed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('4. a closed command surface: firstmate guard', () => {
  it('gives the corpora the verdict that is expected on every line, and starts no program', async () => {
    const lines = [...corpus('attacks'), ...corpus('legit')];
    const { code, out, attempts } = await trapped(
      folder,
      [MAIN, 'guard', '--json'],
      lines.map(({ input }) => `${input}\n`).join(''),
    );
    const judged: readonly GuardLine[] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(judged.map(({ input, verdict }) => [input, verdict])).toEqual(
      lines.map((line) => [line.input, line.expect]),
    );
    expect(attempts).toEqual([]);
  });

  it('refuses each legitimate line with one word more that nobody knows or that is never taken', async () => {
    // An attack of the corpus may be refused for a second reason; these have only one.
    const lines = corpus('legit').flatMap(({ input }) => MORE.map((word) => `${input} ${word}`));
    const { out } = await trapped(folder, [MAIN, 'guard', '--json'], `${lines.join('\n')}\n`);
    const judged = out
      .trim()
      .split('\n')
      .map((line): GuardLine => JSON.parse(line));
    expect(judged.map(({ input }) => input)).toEqual(lines);
    expect(judged.filter(({ verdict }) => verdict !== 'refuse').map(({ input }) => input)).toEqual([]);
  });

  it('the trap would have told: a program that starts another one is caught', async () => {
    const code = `
      import { exec } from 'node:child_process';
      try { exec('true'); } catch {}
      import('node:child_process').then(({ spawnSync }) => { try { spawnSync('true'); } catch {} });`;
    const file = join(folder, 'naughty.mjs');
    writeFileSync(file, code);
    expect((await trapped(folder, [file])).attempts).toHaveLength(2);
  });
});

describe('4. a closed command surface: a runbook', () => {
  it('that is made of the attacks runs none of them, and changes nothing', async () => {
    const attacks = corpus('attacks').filter((attack) => attack.expect === 'refuse');
    for (const kind of ['runbooks', 'policies']) mkdirSync(join(folder, kind));
    const actions = attacks.slice(0, 50).map(({ input }) => ({ cmd: input }));
    writeFileSync(join(folder, 'runbooks', 'attacks.yaml'), JSON.stringify({ name: 'attacks', actions }));
    const night = await startNight({
      settings: (settings) => ({
        ...settings,
        folders: { ...settings.folders, runbooks: [join(folder, 'runbooks')] },
      }),
    });
    try {
      const alert = {
        status: 'firing',
        labels: { alertname: 'Attacks', severity: 'critical', namespace: 'shop', deployment: 'checkout' },
        annotations: { runbook_url: 'https://wiki.example/runbooks/attacks' },
        startsAt: '2026-03-14T02:07:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: 'attacks',
      };
      await night.post({
        version: '4',
        groupKey: '{}',
        status: 'firing',
        truncatedAlerts: 0,
        alerts: [alert],
      });
      await night.sees('diagnosis.finished');
      await night.settled();
      const incident = await night.incident();
      const inputs = new Set(attacks.map(({ input }) => input));
      expect(incident.steps.filter(({ command }) => inputs.has(command))).toEqual([]);
      expect(sent(night)).toEqual([]);
    } finally {
      await night.end();
    }
  });
});

describe('4. a closed command surface: a kubeconfig that names a program', () => {
  let night: Night;
  let ran: string;

  /** The reading user's token comes from a program, which leaves a mark. */
  async function withPlugin(allowExecAuth: boolean): Promise<void> {
    ran = join(folder, 'ran');
    night = await startNight({
      settings: (settings) => ({
        ...settings,
        clusters: settings.clusters.map((cluster) => {
          if (cluster.access === 'in-cluster') throw new Error('the night has a kubeconfig');
          const text = readFileSync(cluster.access.kubeconfig, 'utf8');
          const file = join(folder, 'kubeconfig.yaml');
          writeFileSync(file, pluginFor(text, ran));
          return { ...cluster, access: { kubeconfig: file }, allowExecAuth };
        }),
      }),
    });
  }
  afterEach(() => night.end());

  it('is not run unless the operator says so; then nothing is read', async () => {
    await withPlugin(false);
    night.cluster.breakScenario('bad-release');
    await night.pass(5);
    await night.delivers();
    await night.sees('diagnosis.finished');
    await night.settled();
    expect(existsSync(ran)).toBe(false);
    expect(night.cluster.requests.filter(({ user }) => user.endsWith(':reader'))).toEqual([]);
    expect((await night.incident()).plans).toEqual([]);
  });

  it('is run when the operator says so', async () => {
    await withPlugin(true);
    await untilTheCard(night);
    expect(existsSync(ran)).toBe(true);
  });
});

function pluginFor(kubeconfig: string, mark: string): string {
  const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? '';
  const apiVersion = 'client.authentication.k8s.io/v1';
  const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
  const args = JSON.stringify(['-c', `touch ${mark}; echo '${credential}'`]);
  return kubeconfig.replace(
    `token: ${token}`,
    `exec: { apiVersion: ${apiVersion}, command: sh, args: ${args}, interactiveMode: Never }`,
  );
}
