import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run.ts';
import type { Told } from './invoke.ts';

async function firstmate(...argv: readonly string[]): Promise<Told> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    async *stdin() {},
    interactive: false,
  };
  const code = await runCommand(argv, io, new AbortController().signal);
  return { code, out, err };
}

describe('firstmate', () => {
  it('says its version', async () => {
    const file = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
    const { version } = JSON.parse(file) as { version: string };
    expect(await firstmate('--version')).toEqual({ code: 0, out: `firstmate ${version}\n`, err: '' });
  });

  it('lists its commands when asked, and when it was given none', async () => {
    const asked = await firstmate('--help');
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('  timeline  ') });
    expect(await firstmate()).toEqual({ ...asked, code: 2 });
  });

  it('says where to look when a command is not known, also one whose name every object has', async () => {
    for (const name of ['frobnicate', 'constructor']) {
      const says = `firstmate: there is no command "${name}". firstmate --help lists them.\n`;
      expect(await firstmate(name)).toEqual({ code: 2, out: '', err: says });
    }
  });
});
