import { open, readFile } from 'node:fs/promises';
import type { PublishedHead } from '../core/checkpoint.ts';
import type { HeadsFile } from '../core/ports/heads.ts';
import { headLine, readPublishedHeads } from '../core/published-heads.ts';

const whole = ({ checkpoint }: PublishedHead): boolean => checkpoint !== null;

/** A file of checkpoints, one a line, which this only ever adds to. It need not exist; its folder must. */
export function headsFile(path: string): HeadsFile {
  const text = async (): Promise<string> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return '';
      throw error;
    }
  };
  return {
    async last() {
      return readPublishedHeads(await text()).heads.findLast(whole)?.checkpoint ?? null;
    },
    async append(checkpoints) {
      if (checkpoints.length === 0) return;
      const before = await text();
      // A crash may have left half a line: what follows must not become part of it.
      const gap = before === '' || before.endsWith('\n') ? '' : '\n';
      const file = await open(path, 'a', 0o600);
      try {
        await file.appendFile(gap + checkpoints.map(headLine).join(''));
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}
