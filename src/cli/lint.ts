import { lintFolders, lintPaths, loadCatalog } from '../commands.ts';
import { type DocumentFault, faultLine } from '../core/catalog.ts';
import { inOrder } from '../core/fault-order.ts';
import type { Settings } from '../core/settings.ts';
import { settingsFaults } from '../core/settings-faults.ts';
import { type Command, UsageError } from './command.ts';

type Report = Awaited<ReturnType<typeof lintPaths>>;

function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : noun.replace(/y$/, 'ie').concat('s')}`;
}

/** `5 runbooks, 2 policies and 2 services hold.` */
function summary({ documents }: Report, faults: readonly DocumentFault[]): string {
  const kinds = [
    [documents.runbook, 'runbook'],
    [documents.policy, 'policy'],
    [documents.service, 'service'],
    [documents.config, 'configuration'],
  ] as const;
  const looked = kinds.filter(([number]) => number > 0).map(([number, noun]) => count(number, noun));
  const what = looked.length === 0 ? 'no documents' : looked.join(', ');
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const warnings = faults.length - errors;
  const warned = warnings === 0 ? '' : `, ${count(warnings, 'warning')}`;
  if (errors > 0) return `${what}: ${count(errors, 'error')}${warned}`;
  return `${what}: no errors${warned}`;
}

/** The folders that the settings name, with what only all documents together show. */
async function lintConfigured(settings: Settings): Promise<Report> {
  const { runbooks, policies, services } = settings.folders;
  const catalog = await loadCatalog(settings.folders);
  const report = await lintFolders([runbooks, policies, services].flat());
  const faults = new Map<string, DocumentFault>();
  for (const fault of [...report.faults, ...catalog.faults, ...settingsFaults(catalog, settings)])
    faults.set(faultLine(fault), fault);
  // A folder that is not there is already told as a warning of the catalogue.
  return { ...report, faults: inOrder([...faults.values()]), unreadable: [] };
}

export const command: Command = {
  name: 'lint',
  usage: 'lint [PATH…] [--json]',
  summary: 'checks runbooks, policies, services and firstmate.yaml; the configured folders without a PATH',
  options: { json: { type: 'boolean' } },
  async run({ values, positionals, io, settings }) {
    const report =
      positionals.length > 0
        ? await lintPaths(positionals)
        : await lintConfigured(await settings({ secrets: false }));
    const [missing] = report.unreadable;
    if (missing !== undefined) throw new UsageError(`${missing.path} cannot be read: ${missing.says}`);
    const errors = report.faults.some(({ severity }) => severity === 'error');
    if (values.json === true) {
      const faults = report.faults.map(({ place, severity, says }) => ({ ...place, severity, says }));
      io.out(
        `${JSON.stringify({ ok: !errors, files: report.files, documents: report.documents, faults })}\n`,
      );
    } else {
      for (const fault of report.faults) io.out(`${faultLine(fault)}\n`);
      io.out(`${summary(report, report.faults)}\n`);
    }
    return errors ? 1 : 0;
  },
};
