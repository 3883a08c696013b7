import { existsSync } from 'node:fs';
import { checkClusters, checkSlack, loadCatalog, openStoreFor } from '../commands.ts';
import { missingCredentials } from '../config.ts';
import { faultLine } from '../core/catalog.ts';
import type { Settings } from '../core/settings.ts';
import type { Command } from './command.ts';

type Line = { readonly check: string; readonly ok: boolean; readonly says: string };

export const command: Command = {
  name: 'doctor',
  usage: 'doctor [--json]',
  summary:
    'Checks tokens, scopes, clusters, the database, the documents and the teams; a line each, with the remedy.',
  options: { json: { type: 'boolean' } },
  async run({ values, io, settings: read }) {
    const settings = await read();
    const lines: Line[] = [
      ...(await slackLines(settings)),
      ...(await clusterLines(settings)),
      await databaseLine(settings),
      ...(await documentLines(settings)),
      ...sourceLines(settings),
    ];
    if (values.json === true) io.out(`${JSON.stringify(lines)}\n`);
    else
      for (const { check, ok, says } of lines)
        io.out(`${ok ? 'ok  ' : 'FIX '} ${check.padEnd(24)} ${says}\n`);
    return lines.every(({ ok }) => ok) ? 0 : 1;
  },
};

async function slackLines(settings: Settings): Promise<readonly Line[]> {
  const missing = missingCredentials();
  if (settings.slack === null || missing.length > 0) {
    return [
      { check: 'slack', ok: false, says: `Set ${missing.join(' and ')}. The README says where to get them.` },
    ];
  }
  return checkSlack(settings.slack, settings.teams);
}

async function clusterLines(settings: Settings): Promise<readonly Line[]> {
  if (settings.clusters.length === 0) {
    return [
      {
        check: 'clusters',
        ok: false,
        says: 'No cluster is configured. Set KUBECONFIG, or list clusters in firstmate.yaml.',
      },
    ];
  }
  return checkClusters(settings);
}

async function databaseLine(settings: Settings): Promise<Line> {
  const check = 'database';
  const file = settings.database.replace(/^sqlite:/, '');
  if (!existsSync(file)) return { check, ok: true, says: `${file} does not exist yet; start makes it.` };
  try {
    const store = await openStoreFor(settings, 'read');
    const { fault, events } = await store.verify(null);
    await store.close();
    return fault === null
      ? { check, ok: true, says: `${events} events, the chain holds.` }
      : { check, ok: false, says: 'The chain does not hold. Run firstmate audit verify.' };
  } catch (error) {
    return { check, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

async function documentLines(settings: Settings): Promise<readonly Line[]> {
  const catalog = await loadCatalog(settings.folders);
  const { runbooks, policies, services } = catalog;
  const counted = `${runbooks.length} runbooks, ${policies.length} policies, ${services.length} services hold.`;
  const teams = new Set(settings.teams.map((team) => team.name));
  const unknown = new Set(
    [
      ...policies.flatMap((policy) => policy.allowedActions.flatMap((action) => action.approvers)),
      ...runbooks.flatMap((runbook) =>
        runbook.actions.flatMap((action) => action.approvals.map(({ group }) => group)),
      ),
      ...services.map((service) => service.owner),
      ...(settings.defaultResponder === null ? [] : [settings.defaultResponder]),
    ].filter((team) => !teams.has(team)),
  );
  return [
    { check: 'documents', ok: true, says: counted },
    ...catalog.faults.map((fault) => ({
      check: 'documents',
      ok: fault.severity === 'warning',
      says: faultLine(fault),
    })),
    unknown.size === 0
      ? { check: 'teams', ok: true, says: `${teams.size} teams; every team that a document names is known.` }
      : {
          check: 'teams',
          ok: false,
          says: `Add to teams in firstmate.yaml: ${[...unknown].sort().join(', ')}.`,
        },
  ];
}

function sourceLines(settings: Settings): readonly Line[] {
  if (settings.sources.length === 0) {
    return [
      {
        check: 'sources',
        ok: false,
        says: 'No source of alerts. List one in firstmate.yaml and bind it to a cluster.',
      },
    ];
  }
  return settings.sources.map(({ name, secret }) => ({
    check: `source ${name}`,
    ok: true,
    says: secret === null ? 'open, since only this machine can reach it.' : 'has its secret.',
  }));
}
