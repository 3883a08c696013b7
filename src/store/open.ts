import type { Settings } from '../core/settings.ts';
import { openStore } from './sqlite/open.ts';
import { type Mode, type Store, StoreRefused } from './store.ts';

/**
 * Opens the store that the settings name: `sqlite:<path>`, or a bare path.
 * @throws StoreRefused, StoreUnavailable
 */
export async function openStoreFor(
  settings: Pick<Settings, 'database'>,
  mode: Mode,
  clock: () => Date = () => new Date(),
): Promise<Store> {
  const { database } = settings;
  const [, scheme = 'sqlite'] = /^([a-z][a-z0-9+.-]+):/.exec(database) ?? [];
  if (scheme !== 'sqlite') {
    throw new StoreRefused(`DATABASE_URL names a ${scheme} database; only sqlite:<path> works so far`);
  }
  return openStore({ file: database.replace(/^sqlite:/, ''), clock, mode });
}
