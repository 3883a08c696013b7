import { FIRSTMATE } from '../core/actor.ts';
import { firingAlerts, type Incident } from '../core/incident.ts';
import { oneLine } from '../core/one-line.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Silences } from '../core/ports/silences.ts';
import type { SilenceNote } from '../core/problem.ts';
import { type Silence, silenceOf } from '../core/silenced.ts';
import { type Acting, act } from './act.ts';

export type NotingSilences = Acting & { readonly silences: Silences; readonly log: Log };

const EVERY_MS = 15_000;

/**
 * Notes from time to time which incidents' firing alerts somebody silenced where they come from: nothing is sent of
 * them then, which must not look like their end. Where the other side does not answer, what is known stays.
 */
export function noteSilences(noting: NotingSilences, stop: AbortSignal): { look(): Promise<void> } {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    async look() {
      const now = Date.parse(noting.clock.now());
      if (now - lookedAt < EVERY_MS) return;
      lookedAt = now;
      const unfinished = await noting.ledger.unfinished();
      const incidents = (await Promise.all(unfinished.map((id) => noting.ledger.load(id))))
        .filter((incident) => incident !== null)
        .filter((incident) => incident.status !== 'resolved');
      for (const cluster of new Set(incidents.map((incident) => incident.cluster))) {
        const silences = await noting.silences.of(cluster, stop);
        if ('fault' in silences) {
          noting.log.warn({ cluster, says: silences.fault }, 'silences.unknown');
          continue;
        }
        for (const incident of incidents.filter((one) => one.cluster === cluster)) {
          const command = { do: 'tell_silence', silence: noteOf(incident, silences) } as const;
          await act(noting, incident.id, command, { actor: FIRSTMATE, cause: null });
        }
      }
    },
  };
}

function noteOf(incident: Incident, silences: readonly Silence[]): SilenceNote | null {
  const covering = firingAlerts(incident).flatMap((alert) => silenceOf(alert.labels, silences) ?? []);
  const [last] = covering.toSorted((a, b) => Date.parse(b.endsAt) - Date.parse(a.endsAt));
  if (last === undefined) return null;
  return {
    by: oneLine(last.createdBy, 80),
    until: last.endsAt,
    comment: oneLine(last.comment, 200),
    alerts: covering.length,
  };
}
