import type { Settings } from './core/settings.ts';
import { openStoreFor as open } from './store/open.ts';
import type { Mode, Store } from './store/store.ts';

/**
 * The store that the settings name; `read` for commands that work beside the running bot.
 * @throws StoreRefused, StoreUnavailable: their messages say what to do
 */
export function openStoreFor(settings: Settings, mode: Mode): Promise<Store> {
  return open(settings, mode);
}
