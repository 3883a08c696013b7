import type { TimelineEvent } from '../core/events.ts';
import type { Incident } from '../core/incident.ts';
import type { Ledger } from '../core/ports/ledger.ts';

/** The ledger, telling of each append once it is on disk: messages leave, the next work starts, people watch. */
export function watchLedger(
  ledger: Ledger,
  told: (events: readonly TimelineEvent[], incident: Incident | null) => void,
): Ledger {
  return {
    ...ledger,
    async append(stream, expectedSeq, events, recordedAt) {
      const appended = await ledger.append(stream, expectedSeq, events, recordedAt);
      if (appended.status === 'appended') told(appended.events, appended.incident);
      return appended;
    },
  };
}
