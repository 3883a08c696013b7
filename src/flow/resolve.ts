import { type Actor, FIRSTMATE } from '../core/actor.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Finding } from '../core/evidence.ts';
import { findingsIn } from '../core/findings.ts';
import type { Incident } from '../core/incident.ts';
import type { Clusters } from '../core/ports/cluster.ts';
import { type Acted, type Acting, act } from './act.ts';
import { commandOf } from './investigate.ts';

export type Resolving = Acting & {
  readonly catalog: () => Catalog;
  readonly clusters: Pick<Clusters, 'reader'>;
};

const READ_TIMEOUT_MS = 10_000;

/**
 * The alerts are clear and the quiet period is over. It ends by itself only when no person has acted in it and a
 * fresh look at the cluster agrees; otherwise people are asked.
 */
export async function close(resolving: Resolving, incident: Incident, stop: AbortSignal): Promise<void> {
  const about = { actor: FIRSTMATE, cause: null } as const;
  const objection = await freshLook(resolving, incident, stop);
  if (stop.aborted) return;
  if (objection === null && !incident.personActed) {
    const because = 'Its alerts are clear, the quiet period is over and the cluster agrees.';
    await act(resolving, incident.id, { do: 'resolve', because, force: false }, about);
    return;
  }
  const because = objection ?? 'Its alerts are clear and the cluster agrees. Resolve?';
  await act(resolving, incident.id, { do: 'set_status', to: 'monitoring', because }, about);
}

/** A person ends it. */
export async function resolveByPerson(
  resolving: Acting,
  incident: Incident,
  actor: Actor,
  because: string,
  force: boolean,
): Promise<Acted> {
  return act(resolving, incident.id, { do: 'resolve', because, force }, { actor, cause: null });
}

/** Runs the runbook's reads once more; null when nothing stands out, else why it is not over for certain. */
async function freshLook(
  resolving: Resolving,
  incident: Incident,
  stop: AbortSignal,
): Promise<string | null> {
  const reader = resolving.clusters.reader(incident.cluster);
  const runbook = resolving.catalog().runbooks.find((known) => known.name === incident.runbook?.runbook);
  if (reader === undefined || runbook === undefined)
    return 'The alerts are clear, but the cluster was not asked. Resolve?';
  const now = resolving.clock.now();
  for (const step of runbook.diagnose.filter((candidate) => candidate.when === null)) {
    const command = commandOf(step.run, incident, runbook);
    if (!command.ok) continue;
    const seen = await reader.read(command.operation, { signal: stop, timeoutMs: READ_TIMEOUT_MS });
    if (stop.aborted) return null;
    if (seen.status === 'failed')
      return `The alerts are clear, but the cluster did not answer: ${seen.says} Resolve?`;
    const finding = findingsIn(seen.objects, { cluster: incident.cluster, now }).find((one) =>
      concerns(one, incident),
    );
    if (finding !== undefined)
      return `The alerts are clear, but the cluster still shows: ${finding.says} Resolve?`;
  }
  return null;
}

/** Another broken workload of the namespace has an incident of its own; where none is known, everything concerns it. */
function concerns({ object }: Pick<Finding, 'object'>, { workload, namespace }: Incident): boolean {
  if (workload === null || object.namespace === null) return true;
  return (
    object.namespace === namespace && (object.name === workload || object.name.startsWith(`${workload}-`))
  );
}
