import { userInfo } from 'node:os';
import { setPaused } from '../commands.ts';
import type { Actor } from '../core/actor.ts';
import { dateAndTime, oneLine } from '../core/one-line.ts';
import { type Command, UsageError } from './command.ts';
import { processClock } from './process-clock.ts';
import { noArguments, printJson, withStore } from './store.ts';

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
      changed: await setPaused(store, processClock, { paused: true, actor: operator(), reason }),
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

/** The person at the command line. */
export function operator(): Actor {
  try {
    return { kind: 'operator', name: userInfo().username };
  } catch {
    // In a container the user often has a number and no name.
    return { kind: 'operator', name: `uid ${process.getuid?.() ?? 'unknown'}` };
  }
}
