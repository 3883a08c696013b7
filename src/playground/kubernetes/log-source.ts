import { behaviourOf } from './controllers/container-behaviour.ts';
import type { ContainerRun } from './controllers/pod-runtime.ts';
import type { Simulation } from './simulation.ts';
import type { Pod } from './types.ts';

export type LogLine = { at: number; text: string };

/** The lines of a container's present or previous run; undefined when there was no such run. */
export type LogSource = (pod: Pod, container: string, previous: boolean) => LogLine[] | undefined;

/** Lines kept of one run, as a log file that is rotated. */
const KEPT = 2_000;
const LINE_GAP_MS = 3;

function linesOf(
  simulation: Simulation,
  pod: Pod,
  name: string,
  run: ContainerRun,
  firstWords: readonly string[],
): LogLine[] {
  const behaviour = behaviourOf(simulation, pod, name, run.image);
  const until = run.finishedAt ?? simulation.clock.now();
  if (behaviour.kind === 'unpullable') return [];
  const lines = [...firstWords, ...(run.log ?? behaviour.log ?? [])].map((text, index) => ({
    at: run.startedAt + (index + 1) * LINE_GAP_MS,
    text,
  }));
  if (run.log !== undefined || behaviour.kind !== 'runs' || behaviour.every === undefined) return lines;
  const { ms, line } = behaviour.every;
  const total = Math.floor((until - run.startedAt) / ms);
  for (let count = Math.max(1, total - KEPT); count <= total; count += 1) {
    lines.push({ at: run.startedAt + count * ms, text: line });
  }
  return lines;
}

/**
 * Logs made up from how each image behaves and for how long its containers have run.
 * @param firstWords what every container writes at the start of each run
 */
export function simulatedLogs(simulation: Simulation, firstWords: readonly string[] = []): LogSource {
  return (pod, name, previous) => {
    const runtime = simulation.runtimes.get(pod.metadata.uid);
    const container = [...(runtime?.inits ?? []), ...(runtime?.containers ?? [])].find(
      (one) => one.name === name,
    );
    const run = previous ? previousRun(container) : container?.run;
    return run === undefined ? undefined : linesOf(simulation, pod, name, run, firstWords);
  };
}

/** The kubelet's `previous`: the run before the present one; for a container that waits, the one before its last. */
function previousRun(
  container: { run: ContainerRun | undefined; previous: ContainerRun | undefined } | undefined,
) {
  return container?.previous ?? (container?.run?.finishedAt === undefined ? undefined : container.run);
}
