import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MAIN, trapped } from '../guarantees/no-subprocess.ts';

// Here and not beside its guarantee (04) because the demo goes by the real clock.
it('no other program is started from the alert to the review', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstmate-trapped-'));
  const { code, attempts } = await trapped(folder, [MAIN, 'demo', '--headless', '--scenario', 'bad-release']);
  expect(attempts).toEqual([]);
  expect(code).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});
