import { readFile } from 'node:fs/promises';
import { loadCatalog } from '../commands.ts';
import type { Catalog } from '../core/catalog.ts';
import { matchRunbooks } from '../core/match-runbooks.ts';
import { visibility } from '../core/open-when.ts';
import { serviceOf } from '../core/service.ts';
import type { Settings } from '../core/settings.ts';
import { alertsIn, type ToldAlert } from './alerts-in.ts';
import { type Command, UsageError } from './command.ts';

/** One alert, as `--json` prints it. */
export type MatchedAlert = {
  readonly alert: { readonly fingerprint: string; readonly labels: ToldAlert['labels'] };
  readonly opens: 'channel' | 'line' | 'none';
  readonly runbooks: readonly {
    readonly name: string;
    readonly score: number;
    readonly reason: string;
    readonly fallback: boolean;
  }[];
};

type Judged = MatchedAlert & { readonly because: string };

function judge(alert: ToldAlert, catalog: Catalog, settings: Pick<Settings, 'openWhen'>): Judged {
  const { opens, because } = visibility(
    alert.labels,
    settings.openWhen,
    serviceOf(alert.labels, catalog.services),
  );
  return {
    alert: { fingerprint: alert.fingerprint, labels: alert.labels },
    opens,
    because,
    runbooks: matchRunbooks(alert, catalog.runbooks).map(({ runbook, score, reason, fallback }) => ({
      name: runbook.name,
      score,
      reason,
      fallback,
    })),
  };
}

const OPENS = { channel: 'opens a channel', line: 'is told in a line', none: 'is stored only' } as const;

function readable({ alert, opens, because, runbooks }: Judged): string {
  const { alertname = 'an alert without a name', ...others } = alert.labels;
  const labels = Object.entries(others).map(([name, value]) => `${name}=${value}`);
  const width = Math.max(0, ...runbooks.map(({ name }) => name.length));
  const lines = runbooks.map(({ name, reason }, index) => `  ${index + 1}. ${name.padEnd(width)}  ${reason}`);
  const none = '  no runbook takes it, and there is no general-triage';
  return [
    shown(`${alertname}  ${labels.join(' ')}`.trimEnd()),
    `  ${OPENS[opens]}: ${shown(because)}`,
    ...(lines.length === 0 ? [none] : lines.map(shown)),
  ].join('\n');
}

/** Labels are anybody's text: a terminal must not act on them. */
function shown(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD');
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const command: Command = {
  name: 'match',
  usage: 'match FILE… [--json]',
  summary: 'which runbooks take these alerts, ranked, and whether they would open a channel; runs nothing',
  options: { json: { type: 'boolean' } },
  async run({ values, positionals, io, settings }) {
    if (positionals.length === 0)
      throw new UsageError('match needs a FILE: a webhook body, or a list of alerts');
    const alerts: ToldAlert[] = [];
    for (const file of positionals) alerts.push(...alertsIn(await contentOf(file), file));
    const configured = await settings({ secrets: false });
    const catalog = await loadCatalog(configured.folders);
    const judged = alerts.map((alert) => judge(alert, catalog, configured));
    const setAside = catalog.faults.filter(({ severity }) => severity === 'error').length;
    if (setAside > 0)
      io.err(
        `${setAside === 1 ? 'One fault keeps' : `${setAside} faults keep`} documents out of this; firstmate lint shows them.\n`,
      );
    if (values.json === true) {
      const told = judged.map(({ alert, opens, runbooks }): MatchedAlert => ({ alert, opens, runbooks }));
      io.out(`${JSON.stringify(told)}\n`);
    } else
      io.out(judged.length === 0 ? 'There are no alerts in it.\n' : `${judged.map(readable).join('\n\n')}\n`);
    return 0;
  },
};
