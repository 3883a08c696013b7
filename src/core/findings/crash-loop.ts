import { endedLately, type SeenContainer, seenContainers } from './containers.ts';
import { count, draft, type FindingCheck, grouped, quote } from './finding-check.ts';

// Between two crashes a container runs for a moment: then only its restarts give it away.
const RESTARTS = 2;

function crashes(seen: SeenContainer): boolean {
  if (seen.view.reason === 'CrashLoopBackOff') return true;
  const failed = seen.lastEnd !== null && seen.lastEnd.exitCode !== 0;
  return failed && seen.view.restarts >= RESTARTS && endedLately(seen);
}

/** `container.crash_loop`: it starts, ends and is started again. */
export const crashLoop: FindingCheck = (looking) =>
  grouped(
    seenContainers(looking)
      .filter(crashes)
      .map((seen) => ({ owner: seen.owner, part: seen.view.name, about: seen })),
    (owner, part, all) => {
      const restarts = all.reduce((sum, { view }) => sum + view.restarts, 0);
      const end = all.map(({ lastEnd }) => lastEnd).find((one) => one !== null);
      const why =
        end === undefined
          ? ''
          : `, last exit code ${end.exitCode}${end.reason === '' ? '' : ` (${end.reason})`}${end.message === '' ? '' : `: ${quote(end.message)}`}`;
      const says = `Container ${part} of ${owner.name} keeps crashing in ${count(all.length, 'pod')}: ${count(restarts, 'restart')}${why}.`;
      return draft('container.crash_loop', owner, looking, says, part);
    },
  );
