import { FIRSTMATE } from '../core/actor.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import { MOST_NAMED_ALERTS } from '../core/problem.ts';
import { type Acting, act } from './act.ts';

/** Counts the alerts of incidents that have too many to name each, and writes the counts on their timelines. */
export type Counting = {
  /** Alerts of this incident changed. */
  changed(incident: IncidentId): void;
  /** Counts what changed and was not counted a moment ago. */
  count(): Promise<void>;
};

/** A timeline tells of a storm every few seconds, not with every delivery; Slack takes fifty edits a minute of all. */
const EVERY_MS = 3_000;

export function createCounting(counting: Acting & { readonly alerts: Alerts }): Counting {
  const waiting = new Set<IncidentId>();
  const lastAt = new Map<IncidentId, number>();
  return {
    changed: (incident) => void waiting.add(incident),
    async count() {
      const now = Date.parse(counting.clock.now());
      for (const [id, at] of lastAt) if (now - at >= EVERY_MS && !waiting.has(id)) lastAt.delete(id);
      for (const id of [...waiting]) {
        if (now - (lastAt.get(id) ?? 0) < EVERY_MS) continue;
        waiting.delete(id);
        lastAt.set(id, now);
        try {
          await countOne(counting, id);
        } catch (error) {
          waiting.add(id);
          throw error;
        }
      }
    },
  };
}

async function countOne(counting: Acting & { readonly alerts: Alerts }, id: IncidentId): Promise<void> {
  const incident = await counting.ledger.load(id);
  if (incident === null || incident.status === 'resolved') return;
  if (incident.tally === null && Object.keys(incident.alerts).length < MOST_NAMED_ALERTS) return;
  const tally = await counting.alerts.tally(id);
  if (tally === null) return;
  await act(counting, id, { do: 'tell_tally', tally }, { actor: FIRSTMATE, cause: null });
}
