import { review } from '../core/review.ts';
import type { Command } from './command.ts';
import { noSuchIncident, onlyArgument, printJson, readIncidentId, withStore } from './store.ts';

export const command: Command = {
  name: 'review',
  usage: 'review ID [--json]',
  summary: 'Prints the review of an incident as Markdown, drawn from its timeline as it is now.',
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { values, positionals, io } = invocation;
    const id = readIncidentId(onlyArgument(positionals, command, 'ID'));
    const markdown = await withStore(invocation, async ({ ledger }) => {
      const incident = await ledger.load(id);
      if (incident === null) throw noSuchIncident(id);
      return review(incident, await ledger.events(id));
    });
    if (values.json === true) printJson(invocation, { incident: id, markdown });
    else io.out(markdown);
    return 0;
  },
};
