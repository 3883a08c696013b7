import { setPaused } from '../commands.ts';
import type { Command } from './command.ts';
import { operator } from './pause.ts';
import { processClock } from './process-clock.ts';
import { noArguments, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'resume',
  usage: 'resume [--reason TEXT] [--json]',
  summary: 'Allows writes again after `firstmate pause`.',
  options: { reason: { type: 'string' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { values, positionals, io } = invocation;
    noArguments(positionals, command);
    const reason = typeof values.reason === 'string' ? values.reason : 'asked for at the command line';
    const { changed, paused } = await withStore(invocation, async (store) => ({
      changed: await setPaused(store, processClock, { paused: false, actor: operator(), reason }),
      paused: await store.ledger.paused(),
    }));
    if (values.json === true) printJson(invocation, { changed, paused });
    else io.out(changed ? 'writes are allowed again\n' : 'writes were not paused\n');
    return 0;
  },
};
