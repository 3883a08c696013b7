import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { command } from '../../src/cli/lint.ts';
import { invoke, settingsOf } from './invoke.ts';

const ROOT = join(import.meta.dirname, '../..');
const BAD = join(ROOT, 'test/fixtures/documents/bad');
const SEED = join(ROOT, 'test/fixtures/documents/seed');
const folders = {
  runbooks: [join(ROOT, 'runbooks')],
  policies: [join(ROOT, 'policies')],
  services: [join(ROOT, 'services')],
};

describe('firstmate lint', () => {
  it('prints faults as compilers do and ends with 1 when there is an error', async () => {
    const file = join(BAD, 'no-match.yaml');
    const { code, out } = await invoke(command, [file]);
    expect(code).toBe(1);
    expect(out).toBe(
      `${file}:1:1: error: "match" is missing; only general-triage can do without it\n1 runbook: 1 error\n`,
    );
  });

  it('ends with 0 for warnings alone', async () => {
    const { code, out } = await invoke(command, [SEED]);
    expect(code).toBe(0);
    expect(out).toMatch(/2 runbooks, 1 policy: no errors, 2 warnings\n$/);
  });

  it('--json is one value with every fault at its place', async () => {
    const { code, out } = await invoke(command, [join(BAD, 'no-match.yaml'), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: 1,
      documents: { runbook: 1, policy: 0, service: 0, config: 0 },
      faults: [
        { line: 1, column: 1, severity: 'error', says: expect.stringContaining('"match" is missing') },
      ],
    });
  });

  it('without a path checks the configured folders, and teams against firstmate.yaml', async () => {
    const team = (name: string) => ({ name, slackGroup: name, members: [], oncall: null });
    const teams = ['checkout-oncall', 'orders-oncall', 'sre-leads'].map(team);
    const whole = await invoke(command, [], settingsOf({ folders, teams }));
    expect(whole).toEqual({ code: 0, out: '5 runbooks, 3 policies, 3 services: no errors\n', err: '' });
    const lacking = await invoke(command, [], settingsOf({ folders, teams: teams.slice(1) }));
    expect(lacking.code).toBe(0);
    expect(lacking.out).toContain('warning: no team of firstmate.yaml is called "checkout-oncall"');
  });

  it('without a path tells each fault once, under one name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lint-'));
    try {
      writeFileSync(
        join(folder, 'orders.yaml'),
        'service: orders\nallowed_actions:\n  - { type: cordon, namespaces: [shop], approvers: [{ team: sre }] }\n',
      );
      const none = { runbooks: [], services: [], policies: [folder] };
      const teams = [{ name: 'sre', slackGroup: 'sre', members: [], oncall: null }];
      const { out } = await invoke(command, [], settingsOf({ folders: none, teams }));
      expect(out.match(/can never apply: a cordon is of a node/g)).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a path that is not there is wrong usage', async () => {
    await expect(invoke(command, [join(ROOT, 'nowhere.yaml')])).rejects.toBeInstanceOf(UsageError);
  });

  it('a file that is named and is none of ours is an error; one that lies in a folder is a warning', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lint-'));
    try {
      const file = join(folder, 'pod.yaml');
      writeFileSync(file, 'apiVersion: v1\nkind: Pod\n');
      const says = 'this is not a runbook, a policy, a service or a firstmate.yaml';
      expect(await invoke(command, [file])).toMatchObject({
        code: 1,
        out: `${file}:1:1: error: ${says}\nno documents: 1 error\n`,
      });
      expect(await invoke(command, [folder])).toMatchObject({
        code: 0,
        out: `${file}:1:1: warning: ${says}\nno documents: no errors, 1 warning\n`,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('checks a firstmate.yaml by what stands in it', async () => {
    const example = join(ROOT, 'firstmate.example.yaml');
    expect((await invoke(command, [example])).out).toBe('1 configuration: no errors\n');
  });
});
