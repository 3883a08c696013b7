import { FIRSTMATE } from '../core/actor.ts';
import { parseCommand } from '../core/command/parse.ts';
import { compile, evaluate } from '../core/conditions.ts';
import type { Observation } from '../core/evidence.ts';
import { type Incident, planOf } from '../core/incident.ts';
import type { JsonObject } from '../core/json.ts';
import type { Plan } from '../core/plan.ts';
import type { Clusters } from '../core/ports/cluster.ts';
import { type Acting, act } from './act.ts';

export type Validating = Acting & { readonly clusters: Pick<Clusters, 'reader'> };

const LOOK_EVERY_MS = 2_000;
const READ_TIMEOUT_MS = 10_000;

/** After a change: looks again and again until the runbook's validation holds, or its time is over. */
export async function validate(
  validating: Validating,
  incident: Incident,
  plan: Plan,
  stop: AbortSignal,
): Promise<void> {
  const finish = (passed: boolean, says: string) =>
    act(
      validating,
      incident.id,
      { do: 'validate', plan: plan.id, passed, says },
      { actor: FIRSTMATE, cause: null },
    );
  const reader = validating.clusters.reader(plan.cluster);
  const wanted = plan.validate;
  if (wanted === null) return;
  const parsed = parseCommand(wanted.command);
  if (reader === undefined || parsed.verdict !== 'read') {
    await finish(false, `The validation ${wanted.command} cannot be run.`);
    return;
  }
  const finishedAt = planOf(incident, plan.id)?.finishedAt ?? validating.clock.now();
  const deadline = Date.parse(finishedAt) + wanted.withinMs;
  for (;;) {
    const seen = await reader.read(parsed.operation, { signal: stop, timeoutMs: READ_TIMEOUT_MS });
    if (stop.aborted) return;
    const answer = held(wanted.check, seen);
    if (answer.holds) {
      await finish(true, answer.says);
      return;
    }
    const left = deadline - Date.parse(validating.clock.now());
    if (left <= 0) {
      await finish(false, `After ${Math.round(wanted.withinMs / 1000)} s: ${answer.says}`);
      return;
    }
    await validating.clock.sleep(Math.min(left, LOOK_EVERY_MS), stop);
    if (stop.aborted) return;
  }
}

/** Without a check, a rollout's status has to say that it is done; any other read has to succeed. */
function held(check: string | null, seen: Observation): { holds: boolean; says: string } {
  if (seen.status === 'failed') return { holds: false, says: seen.says };
  const says = seen.text.trim().split('\n').at(-1) ?? '';
  if (check === null) return { holds: seen.facts.done !== false, says };
  const scope: JsonObject = { ...seen.facts, output: seen.text, result: seen.facts };
  const compiled = compile(check, Object.keys(scope));
  if (!compiled.ok) return { holds: false, says: compiled.says };
  const outcome = evaluate(compiled.compiled, scope);
  if (outcome.holds === null) return { holds: false, says: outcome.fault };
  return { holds: outcome.holds, says: outcome.holds ? says : `${check} is not so` };
}
