import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NewEvent } from '../../src/core/events.ts';
import type { Stream } from '../../src/core/ids.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { Mode, Store } from '../../src/store/store.ts';
import { T0 } from './events.ts';

/** A path in a folder of its own that goes when the test is over. */
export async function temporaryFile(name = 'test.db'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** Opens, uses and closes. */
export async function using<T>(file: string, mode: Mode, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ file, clock: () => new Date(T0), mode });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

export async function appendAll(store: Store, stream: Stream, events: readonly NewEvent[]): Promise<void> {
  const appended = await store.ledger.append(stream, await store.ledger.lastSeq(stream), events, T0);
  if (appended.status === 'conflict') throw new Error(`conflict: ${appended.reason}`);
}
