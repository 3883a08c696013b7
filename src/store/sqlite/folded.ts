import type { IncidentId } from '../../core/ids.ts';
import { fold, type Incident } from '../../core/incident.ts';
import type { Events } from './events.ts';
import type { Incidents } from './incidents.ts';

/** Incidents as folded so far, so that loading one does not start at its first event each time. */
export type Folded = {
  /** As of the last event on disk: another process may have appended since. Null when there is none. */
  load(id: IncidentId): Incident | null;
  keep(incident: Incident): void;
};

/** How many are kept; the ones used longest ago go first. */
const CAPACITY = 1_000;

export function createFolded(events: Events, incidents: Incidents): Folded {
  const kept = new Map<IncidentId, Incident>();

  function keep(incident: Incident): void {
    kept.delete(incident.id);
    kept.set(incident.id, incident);
    const [oldest] = kept.keys();
    if (kept.size > CAPACITY && oldest !== undefined) kept.delete(oldest);
  }

  return {
    keep,
    load(id) {
      const seq = incidents.seq(id);
      if (seq === null) return null;
      const known = kept.get(id);
      const start = known !== undefined && known.seq <= seq ? known : null;
      let state = start;
      if (state?.seq !== seq) {
        for (const event of events.from(id, (start?.seq ?? 0) + 1)) state = fold(state, event);
      }
      if (state !== null) keep(state);
      return state;
    },
  };
}
