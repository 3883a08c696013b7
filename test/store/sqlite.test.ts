import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './contract.ts';

storeContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-store-'));
  return {
    open: (mode = 'own') =>
      openStore({ file: join(folder, 'test.db'), clock: () => new Date('2026-03-01T02:00:00Z'), mode }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});
