import type { Command } from './command.ts';
import { onlyArgument, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'backup',
  usage: 'backup FILE [--json]',
  summary: 'Writes a consistent copy of the database to a new file, while the bot runs.',
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const file = onlyArgument(invocation.positionals, command, 'FILE');
    await withStore(invocation, (store) => store.backup(file));
    if (invocation.values.json === true) printJson(invocation, { file });
    else invocation.io.out(`wrote ${file}\n`);
    return 0;
  },
};
