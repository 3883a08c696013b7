import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseIncidentId } from '../../src/core/ids.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import { temporaryFile, using } from './temporary.ts';

function child(...args: readonly string[]): ChildProcess {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  return started;
}

/** The lines that a child prints, until it ends or `stop` says so. */
async function linesOf(running: ChildProcess, stop: (count: number) => boolean): Promise<readonly string[]> {
  if (running.stdout === null) throw new Error('the child has no stdout');
  const lines: string[] = [];
  const ended = once(running, 'exit');
  for await (const line of createInterface({ input: running.stdout })) {
    lines.push(line);
    if (stop(lines.length)) running.kill('SIGKILL');
  }
  await ended;
  return lines;
}

describe('a process killed with SIGKILL in the middle of its appends', () => {
  it('leaves a database that holds everything it was told is stored, and nothing half', async () => {
    const file = await temporaryFile();
    const acknowledged = new Map<string, number>();
    for (const after of [1, 13, 47]) {
      const running = child(file, 'own', '100000');
      for (const line of await linesOf(running, (count) => count === after)) {
        const [stream = '', seq = ''] = line.split(' ');
        acknowledged.set(stream, Number(seq));
      }
      expect(running.signalCode).toBe('SIGKILL');
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(3);

    await using(file, 'own', async (store) => {
      expect((await store.verify(null)).fault).toBeNull();
      for (const [stream, seq] of acknowledged) {
        const id = parseIncidentId(stream);
        if (id === undefined) throw new Error(`${stream} is not an incident`);
        expect(await store.ledger.lastSeq(id)).toBeGreaterThanOrEqual(seq);
        const events = await store.ledger.events(id);
        expect(await store.ledger.load(id)).toEqual(
          events.reduce<Incident | null>((state, event) => fold(state, event), null),
        );
        expect(await store.outbox.lanes()).toContain(id);
      }
    });
  });
});

describe('two processes that append to one stream at the same time', () => {
  it('take turns: every append has a number of its own and none is lost', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async (store) => {
      const never = () => false;
      const [a, b] = await Promise.all([
        linesOf(child(file, 'read', '60'), never),
        linesOf(child(file, 'read', '60'), never),
      ]);
      expect([a.length, b.length]).toEqual([60, 60]);
      expect(new Set([...a, ...b]).size).toBe(120);
      expect(await store.ledger.lastSeq('system')).toBe(120);
      const reasons = new Set(
        (await store.ledger.events('system')).map(({ payload }) => JSON.stringify(payload)),
      );
      expect(reasons.size).toBe(2);
      expect((await store.verify(null)).fault).toBeNull();
    });
  });
});
