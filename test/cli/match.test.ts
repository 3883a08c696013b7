import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { command } from '../../src/cli/match.ts';
import { invoke, settingsOf } from './invoke.ts';

const ROOT = join(import.meta.dirname, '../..');
const CAPTURED = join(ROOT, 'test/fixtures/documents/alerts/alertmanager-0.25-first-fire.json');
const settings = settingsOf({
  folders: {
    runbooks: [join(ROOT, 'runbooks')],
    policies: [join(ROOT, 'policies')],
    services: [join(ROOT, 'services')],
  },
});
const folder = mkdtempSync(join(tmpdir(), 'match-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (text: string) => {
  const file = join(folder, 'alerts.json');
  writeFileSync(file, text);
  return file;
};

describe('firstmate match', () => {
  it('prints one JSON value: who takes each alert of a webhook body, best first, and what opens', async () => {
    const { code, out, err } = await invoke(command, [CAPTURED, '--json'], settings);
    expect([code, err]).toEqual([0, '']);
    const told = JSON.parse(out);
    expect(told).toHaveLength(2);
    expect(told[0]).toEqual({
      alert: {
        fingerprint: '68ccda7e4818889f',
        labels: expect.objectContaining({ alertname: 'KubePodCrashLooping', pod: 'api-7c9-a' }),
      },
      opens: 'channel',
      runbooks: [
        {
          name: 'pod-crash-looping',
          score: expect.any(Number),
          reason: 'matches alertname="KubePodCrashLooping"',
          fallback: false,
        },
        { name: 'general-triage', score: 0, reason: 'takes every alert', fallback: true },
      ],
    });
  });

  it('takes a plain list of alerts too, and computes the fingerprint as Alertmanager does', async () => {
    const [first] = JSON.parse((await invoke(command, [CAPTURED, '--json'], settings)).out);
    const file = fileOf(
      JSON.stringify([{ labels: first.alert.labels }, { labels: { alertname: 'Watchdog' } }]),
    );
    const told = JSON.parse((await invoke(command, [file, '--json'], settings)).out);
    expect(told[0].alert.fingerprint).toBe(first.alert.fingerprint);
    expect(told[1]).toMatchObject({ opens: 'none', runbooks: [{ name: 'general-triage', fallback: true }] });
  });

  it('says the same to people, with labels that cannot move the terminal', async () => {
    const file = fileOf(JSON.stringify([{ labels: { alertname: 'X', evil: '\u001b[2J\u202e' } }]));
    const { out } = await invoke(command, [file], settings);
    expect(out).toContain('is told in a line: no rule opens a channel for it');
    expect(out).toContain('1. general-triage  no other runbook takes this alert');
    expect(out).toContain('evil=\uFFFD[2J\uFFFD');
  });

  it.each([
    ['{ "alerts": [\n  oops ]}', ':2:3: not JSON'],
    ['{"a": 1}', '/alerts must be a list of alerts'],
    ['[1]', '/0 must be an object'],
    ['[{}]', '/0/labels is missing'],
    ['{"alerts": [{"labels": {"a": 1}}]}', '/alerts/0/labels/a must be a text'],
  ])('refuses %s and says where', async (text, says) => {
    await expect(invoke(command, [fileOf(text)], settings)).rejects.toThrow(says);
    await expect(invoke(command, [fileOf(text)], settings)).rejects.toBeInstanceOf(UsageError);
  });

  it('without a file, or with one that is not there, says so', async () => {
    await expect(invoke(command, [], settings)).rejects.toBeInstanceOf(UsageError);
    await expect(invoke(command, [join(folder, 'none.json')], settings)).rejects.toBeInstanceOf(UsageError);
  });
});
