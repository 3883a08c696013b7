import { endedLately, seenContainers } from './containers.ts';
import { count, draft, type FindingCheck, grouped } from './finding-check.ts';

/** `container.oom_killed`: it used more memory than its limit, lately. */
export const oomKilled: FindingCheck = (looking) =>
  grouped(
    seenContainers(looking)
      .filter((seen) => seen.lastEnd?.reason === 'OOMKilled' && endedLately(seen))
      .map((seen) => ({ owner: seen.owner, part: seen.view.name, about: seen })),
    (owner, part, all) => {
      const restarts = all.reduce((sum, { view }) => sum + view.restarts, 0);
      const says = `Container ${part} of ${owner.name} was killed for using more memory than its limit, in ${count(all.length, 'pod')} (${count(restarts, 'restart')}).`;
      return draft('container.oom_killed', owner, looking, says, part);
    },
  );
