import { openStoreFor } from '../commands.ts';
import { type IncidentId, parseIncidentId } from '../core/ids.ts';
import { type Command, type Invocation, UsageError } from './command.ts';

/** The store, opened beside the running bot. */
export type OpenStore = Awaited<ReturnType<typeof openStoreFor>>;

/** Opens the store that the settings name, for as long as `use` takes. @throws StoreRefused, StoreUnavailable */
export async function withStore<T>(
  { settings }: Invocation,
  use: (store: OpenStore) => Promise<T>,
): Promise<T> {
  const store = await openStoreFor(await settings({ secrets: false }), 'read');
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** The one argument that a command takes. @throws UsageError */
export function onlyArgument(positionals: readonly string[], command: Command, name: string): string {
  const [first, ...others] = positionals;
  if (first === undefined) throw new UsageError(`${name} is missing\nusage: firstmate ${command.usage}`);
  if (others.length > 0) {
    throw new UsageError(`one ${name} is enough, not ${others.join(' ')}\nusage: firstmate ${command.usage}`);
  }
  return first;
}

/** @throws UsageError when a command that takes no arguments got some */
export function noArguments(positionals: readonly string[], command: Command): void {
  if (positionals.length > 0) {
    throw new UsageError(`what is ${positionals.join(' ')}?\nusage: firstmate ${command.usage}`);
  }
}

/** @throws UsageError */
export function readIncidentId(text: string): IncidentId {
  const id = parseIncidentId(text);
  if (id !== undefined) return id;
  throw new UsageError(`${JSON.stringify(text)} is not an incident's id: they look like INC-2026-042`);
}

export function noSuchIncident(id: string): UsageError {
  return new UsageError(`there is no ${id}; firstmate incidents --all lists those there are`);
}

export function printJson({ io }: Invocation, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}
