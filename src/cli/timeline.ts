import { oneLine } from '../core/one-line.ts';
import { describe } from '../core/timeline-text.ts';
import type { Command } from './command.ts';
import { noSuchIncident, onlyArgument, printJson, readIncidentId, withStore } from './store.ts';

export const command: Command = {
  name: 'timeline',
  usage: 'timeline ID [--json]',
  summary: 'Prints what happened in an incident, a line an event; ID may also be "system". Times are in UTC.',
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { values, positionals, io } = invocation;
    const text = onlyArgument(positionals, command, 'ID');
    const stream = text === 'system' ? text : readIncidentId(text);
    const events = await withStore(invocation, (store) => store.ledger.events(stream));
    if (events.length === 0 && stream !== 'system') throw noSuchIncident(stream);
    if (values.json === true) {
      printJson(invocation, events);
      return 0;
    }
    const [first] = events;
    if (first?.type === 'incident.opened') {
      io.out(`${stream}: ${oneLine(first.payload.title)} in ${oneLine(first.payload.cluster, 40)}\n`);
    }
    let day = '';
    // A note has the time of the message that it was made from, which may be older than what came before it.
    for (const event of events.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt))) {
      const date = new Date(event.occurredAt).toISOString().slice(0, 10);
      if (date !== day) io.out(`${date} (UTC)\n`);
      day = date;
      io.out(`${describe(event)}\n`);
    }
    return 0;
  },
};
