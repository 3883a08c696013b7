import { dateAndTime, oneLine } from '../core/one-line.ts';
import type { Command } from './command.ts';
import { noArguments, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'incidents',
  usage: 'incidents [--all] [--json]',
  summary: 'Lists open incidents, newest first; --all lists the resolved ones too. Times are in UTC.',
  options: { all: { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { values, positionals, io } = invocation;
    noArguments(positionals, command);
    const all = values.all === true;
    const incidents = await withStore(invocation, (store) => store.incidents({ all }));
    if (values.json === true) {
      printJson(invocation, incidents);
      return 0;
    }
    if (incidents.length === 0) {
      io.out(all ? 'no incidents yet\n' : 'no open incidents; --all lists the resolved ones\n');
      return 0;
    }
    const rows = incidents.map(({ id, severity, status, openedAt, cluster, title }) => [
      id,
      severity,
      status,
      dateAndTime(openedAt),
      oneLine(cluster, 40),
      oneLine(title, 100),
    ]);
    io.out(columns([['INCIDENT', 'SEV', 'STATUS', 'OPENED (UTC)', 'CLUSTER', 'TITLE'], ...rows]));
    return 0;
  },
};

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}
