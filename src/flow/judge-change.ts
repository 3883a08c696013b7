import type { Actor } from '../core/actor.ts';
import { inForce } from '../core/break-glass.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Environment } from '../core/environment.ts';
import { type ChangeFacts, namespacesTouched } from '../core/guards/guard.ts';
import { judge } from '../core/guards.ts';
import type { Incident } from '../core/incident.ts';
import { incidentFacts, serviceFacts } from '../core/judged-facts.ts';
import { NAMESPACE } from '../core/kinds.ts';
import type { ActionType, WriteOperation } from '../core/operation.ts';
import type { Draft, Plan, Verdict } from '../core/plan.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ClusterReader, Clusters } from '../core/ports/cluster.ts';
import type { ChangeCount } from '../core/ports/ledger.ts';
import type { MetricsOf } from '../core/ports/metrics.ts';
import { measured } from '../core/safety/measured.ts';
import type { Team } from '../core/team.ts';
import { readSafety } from './read-safety.ts';

/** What judging a change needs: the documents as they are now, and where its facts are read. */
export type Judging = {
  readonly catalog: () => Catalog;
  readonly teams: () => readonly Team[];
  readonly protectedNamespaces: readonly string[];
  readonly environmentOf: (cluster: string) => Environment | null;
  readonly clusters: Pick<Clusters, 'reader' | 'safety'>;
  readonly metricsOf: MetricsOf;
  readonly ledger: ChangeCount;
  readonly clock: Clock;
};

/** The change that is judged: before a plan is made of it, and the plan itself right before it is carried out. */
export type Change = {
  readonly type: ActionType;
  readonly operation: WriteOperation;
  readonly runbook: Plan['runbook'];
  /** Whose approval the runbook's action asks for. */
  readonly groups: readonly string[];
  readonly hypothesis: string | null;
  readonly requestedBy: Actor;
  readonly draft: Draft;
  /** Whether it may make use of a broken glass: a plan that was made without one does not. */
  readonly glass: boolean;
};

const HOUR_MS = 3_600_000;
const READ_TIMEOUT_MS = 5_000;

/**
 * Gathers the documents and the facts as they are now, and has the rules speak. `draft` is the change's, with the
 * numbers of replicas that were read for it. A fact that cannot be read is null, so
 * that a rule which needs it denies.
 * @throws StoreUnavailable
 */
export async function judgeChange(
  judging: Judging,
  {
    incident,
    change,
    stop,
  }: { readonly incident: Incident; readonly change: Change; readonly stop: AbortSignal },
): Promise<{ readonly verdict: Verdict; readonly draft: Draft }> {
  const catalog = judging.catalog();
  const now = judging.clock.now();
  const [facts, safety] = await Promise.all([
    factsOf(judging, incident, change, now, stop),
    readSafety(judging, {
      ...change,
      incident,
      policies: catalog.policies,
      services: catalog.services,
      stop,
    }),
  ]);
  const hypothesis = incident.hypotheses.find((known) => known.id === change.hypothesis);
  const draft = measured(change.draft, safety);
  const verdict = judge({
    operation: change.operation,
    actionType: change.type,
    draft,
    runbook: change.runbook === null ? null : { name: change.runbook.name, groups: change.groups },
    policies: catalog.policies,
    brokenPolicies: catalog.brokenPolicies,
    service: incident.service,
    protectedNamespaces: judging.protectedNamespaces,
    teams: judging.teams(),
    cluster: incident.cluster,
    environment: judging.environmentOf(incident.cluster),
    now,
    requestedBy: change.requestedBy,
    shapedByPeople: incident.shapedByPeople,
    confidence: hypothesis?.ruledOut === null ? hypothesis.confidence : null,
    facts,
    breakGlass: change.glass ? inForce(incident.breakGlass, now) : null,
    safety,
  });
  return { verdict, draft };
}

/** Judges a plan again as the change that it is, by what the runbook asks for now. */
export function changeOf(catalog: Catalog, plan: Plan): Change {
  return {
    ...plan,
    draft: plan,
    groups: groupsOf(catalog, plan),
    glass: plan.verdict.breakGlass !== undefined,
  };
}

/** Who the runbook wants to approve: as it is loaded now, for an old plan as much as for a new one. */
export function groupsOf(catalog: Catalog, plan: Plan): readonly string[] {
  const runbook = catalog.runbooks.find((known) => known.name === plan.runbook?.name);
  const action = runbook?.actions.find((known) => known.id === plan.action);
  if (action !== undefined) return action.approvals.map((approval) => approval.group);
  return plan.verdict.approvals
    .filter((known) => known.by.startsWith('runbook '))
    .flatMap((known) => known.teams);
}

async function factsOf(
  judging: Judging,
  incident: Incident,
  change: Change,
  now: string,
  stop: AbortSignal,
): Promise<ChangeFacts> {
  const { service, cluster } = incident;
  const known = judging.catalog().services.find((candidate) => candidate.name === service);
  const since = new Date(Date.parse(now) - HOUR_MS).toISOString();
  const [changesLastHour, namespaces] = await Promise.all([
    service === null ? null : judging.ledger.changesSince({ service, cluster, since }),
    // Only there do the labels say anything.
    judging.environmentOf(cluster)?.mode === 'auto'
      ? namespacesOf(judging.clusters.reader(cluster), change, stop)
      : {},
  ]);
  return {
    changesLastHour,
    namespaces,
    incident: incidentFacts(incident),
    service: serviceFacts(service, known),
  };
}

async function namespacesOf(
  reader: ClusterReader | undefined,
  change: Change,
  stop: AbortSignal,
): Promise<ChangeFacts['namespaces']> {
  const found = await Promise.all(
    namespacesTouched(change).map(async (name) => [name, await labelsOf(reader, name, stop)] as const),
  );
  return Object.fromEntries(found);
}

async function labelsOf(
  reader: ClusterReader | undefined,
  name: string,
  stop: AbortSignal,
): Promise<ChangeFacts['namespaces'][string]> {
  const seen = await reader?.read(
    {
      verb: 'get',
      kinds: [NAMESPACE],
      names: [name],
      namespace: null,
      selector: null,
      fieldSelector: null,
      output: 'json',
    },
    { signal: stop, timeoutMs: READ_TIMEOUT_MS },
  );
  if (seen?.status !== 'ok') return null;
  const metadata = seen.objects.find((one) => one.metadata?.name === name)?.metadata;
  return metadata === undefined ? null : { labels: metadata.labels ?? {} };
}
