import { userInfo } from 'node:os';
import type { Actor } from '../core/actor.ts';
import { newEvent } from '../core/events.ts';
import { dateAndTime, oneLine } from '../core/one-line.ts';
import { type Command, UsageError } from './command.ts';
import { noArguments, type OpenStore, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'pause',
  usage: 'pause --reason TEXT [--json]',
  summary: 'Stops every write not yet sent, in all incidents, until `firstmate resume`. Reading goes on.',
  options: { reason: { type: 'string' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { values, positionals, io } = invocation;
    noArguments(positionals, command);
    const { reason } = values;
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new UsageError('--reason: say in a few words why; everyone is told');
    }
    const { changed, paused } = await withStore(invocation, async (store) => ({
      changed: await record(store, 'writes.paused', reason),
      paused: await store.ledger.paused(),
    }));
    if (values.json === true) printJson(invocation, { changed, paused });
    else if (changed) io.out('writes are paused; firstmate resume allows them again\n');
    else if (paused !== null) {
      io.out(`writes are paused already, since ${dateAndTime(paused.since)}: ${oneLine(paused.reason)}\n`);
    }
    return 0;
  },
};

/** Says it in the system stream, which the running bot reads before each write. False when it is so already. */
export async function record(
  { ledger }: OpenStore,
  type: 'writes.paused' | 'writes.resumed',
  reason: string,
): Promise<boolean> {
  for (;;) {
    const seq = await ledger.lastSeq('system');
    if (((await ledger.paused()) !== null) === (type === 'writes.paused')) return false;
    const now = new Date().toISOString();
    const event = newEvent(type, { reason }, { occurredAt: now, actor: operator() });
    const appended = await ledger.append('system', seq, [event], now);
    if (appended.status === 'appended') return true;
  }
}

function operator(): Actor {
  try {
    return { kind: 'operator', name: userInfo().username };
  } catch {
    // In a container the user often has a number and no name.
    return { kind: 'operator', name: `uid ${process.getuid?.() ?? 'unknown'}` };
  }
}
