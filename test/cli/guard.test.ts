import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { command, type GuardLine } from '../../src/cli/guard.ts';

async function run(
  chunks: readonly string[],
  json: boolean,
  positionals: readonly string[] = [],
): Promise<{ out: string; code: number }> {
  let out = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      throw new Error(`nothing belongs on stderr: ${text}`);
    },
    async *stdin() {
      yield* chunks;
    },
    interactive: false,
  };
  const code = await command.run({
    values: json ? { json } : {},
    positionals,
    io,
    settings: () => Promise.reject(new Error('the guard reads no settings')),
    stop: new AbortController().signal,
  });
  return { out, code };
}

async function judged(...chunks: string[]): Promise<readonly GuardLine[]> {
  const { out } = await run(chunks, true);
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe('firstmate guard', () => {
  it('prints one object of the contract for each line', async () => {
    const lines = await judged('kubectl get pods -n web\nkubectl exec web-0 -n web\n');
    expect(lines).toEqual([
      {
        input: 'kubectl get pods -n web',
        verdict: 'read',
        code: null,
        reason: 'reads pods in web',
        operation: expect.objectContaining({ verb: 'get', namespace: 'web' }),
      },
      {
        input: 'kubectl exec web-0 -n web',
        verdict: 'refuse',
        code: 'forbidden_verb',
        reason: '"kubectl exec" is refused for good: nothing is run inside a cluster',
        operation: null,
      },
    ]);
    expect(Object.keys(lines[0] ?? {})).toEqual(['input', 'verdict', 'code', 'reason', 'operation']);
  });

  it.each(['attacks', 'legit'])('gives every line of %s the verdict that is expected', async (name) => {
    const file = join(import.meta.dirname, `../fixtures/guard/${name}.jsonl`);
    const corpus: readonly { input: string; expect: string }[] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const lines = await judged(`${corpus.map(({ input }) => input).join('\n')}\n`);
    expect(lines.map(({ input, verdict }) => ({ input, verdict }))).toEqual(
      corpus.map(({ input, expect: verdict }) => ({ input, verdict })),
    );
  });

  it.each(['kube-system', 'kube-public', 'kube-node-lease', 'firstmate'])(
    'protects %s without being told to',
    async (namespace) => {
      const lines = await judged(
        `kubectl delete pod web-0 -n ${namespace}\n`,
        `kubectl get cm settings -n ${namespace} -o yaml\n`,
        `kubectl get pods -n ${namespace}\n`,
      );
      expect(lines.map(({ code }) => code)).toEqual(['protected_namespace', 'protected_namespace', null]);
      expect(lines[0]).toMatchObject({ verdict: 'refuse', operation: null });
    },
  );

  it('puts lines together that arrive in pieces, and takes a last one without its end', async () => {
    const lines = await judged('kubectl get po', 'ds -n web\n\nkubectl get', ' nodes');
    expect(lines.map(({ input, verdict }) => [input, verdict])).toEqual([
      ['kubectl get pods -n web', 'read'],
      ['', 'refuse'],
      ['kubectl get nodes', 'read'],
    ]);
  });

  it('refuses lines of any length and depth, and takes a line in pieces in time with its length', async () => {
    const deep = `kubectl patch deploy web -n web -p ${'{"spec":'.repeat(20_000)}0${'}'.repeat(20_000)}`;
    const long = [
      'x'.repeat(1_000_000),
      `kubectl get pods ${'--a '.repeat(10_000)}`,
      deep,
      '['.repeat(1_000_000),
    ];
    const pieces = Array.from({ length: 10_000 }, () => 'x'.repeat(400));
    const lines = await judged(`${long.join('\n')}\n`, ...pieces);
    expect(lines.map(({ verdict, code }) => [verdict, code])).toEqual(
      Array.from({ length: 5 }, () => ['refuse', 'too_long']),
    );
    expect(lines.at(-1)?.input).toHaveLength(4_000_000);
  });

  it('does not end a line at anything but a line feed', async () => {
    const lines = await judged('kubectl get pods -n web\r--server=x\u2028y\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      verdict: 'refuse',
      input: 'kubectl get pods -n web\r--server=x\u2028y',
    });
  });

  it('exits 0 whatever it judged, and prints nothing for nothing', async () => {
    expect((await run(['rm -rf /\n'], true)).code).toBe(0);
    expect(await run([], true)).toEqual({ out: '', code: 0 });
  });

  it('takes no command as an argument', async () => {
    await expect(run([], true, ['kubectl get pods'])).rejects.toThrow('guard reads commands from stdin');
  });

  it('says the same for people, in plain characters that no terminal acts on', async () => {
    const { out } = await run(['kubectl delete pod web-0 -n web\nkubectl \u001b[31m\u009b\u202e\n'], false);
    expect(out).toBe(
      [
        'destructive "kubectl delete pod web-0 -n web"  deletes Pod web-0 in web; it cannot be brought back',
        String.raw`refuse      "kubectl \u001b[31m\u009b\u202e"  control_character: the control character U+001B is not taken`,
        '',
      ].join('\n'),
    );
  });
});
