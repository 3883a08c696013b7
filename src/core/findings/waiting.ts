import { seenContainers } from './containers.ts';
import { count, draft, type FindingDraft, grouped, type Looking, quote } from './finding-check.ts';

/** A finding for the containers that wait for one of these reasons. */
export function waitingFor(
  reasons: ReadonlySet<string>,
  kind: string,
  what: string,
  looking: Looking,
): readonly FindingDraft[] {
  return grouped(
    seenContainers(looking)
      .filter(({ view }) => view.state === 'waiting' && reasons.has(view.reason))
      .map((seen) => ({ owner: seen.owner, part: seen.view.name, about: seen })),
    (owner, part, all) => {
      const [{ view }] = all;
      const told = all.map((seen) => seen.view.message).find((message) => message !== '');
      const why = told === undefined ? '' : `: ${quote(told)}`;
      const says = `Container ${part} of ${owner.name} ${what} in ${count(all.length, 'pod')}, image ${view.image} (${view.reason})${why}.`;
      return draft(kind, owner, looking, says, part);
    },
  );
}
