import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

export const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const TRAP = join(import.meta.dirname, 'no-subprocess.mjs');

/** Runs a program in which nothing may start another one. Gives what it printed and what it tried to start. */
export async function trapped(
  folder: string,
  args: readonly string[],
  stdin = '',
): Promise<{ readonly code: number; readonly out: string; readonly attempts: readonly string[] }> {
  const told = join(folder, 'attempts');
  const child = spawn(process.execPath, ['--import', TRAP, ...args], {
    env: { PATH: '/usr/bin:/bin', ATTEMPTS: told },
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stdin.end(stdin);
  const [code] = await once(child, 'close');
  const [watching, ...attempts] = readFileSync(told, 'utf8').trim().split('\n');
  expect(watching, 'the trap was not there').toBe('"watching"');
  return { code, out, attempts };
}
