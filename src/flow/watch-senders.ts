import { FIRSTMATE } from '../core/actor.ts';
import { isFiring } from '../core/alert.ts';
import { newEvent } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import { type Acting, act } from './act.ts';

/** A sender that repeats what fires, and how long it may keep quiet. */
export type WatchedSource = {
  readonly name: string;
  /** Within this time every firing alert is told again. */
  readonly repeatMs: number;
  /** Within this time its Watchdog is told again. */
  readonly watchdogMs: number;
};

export type Watching = Acting & { readonly alerts: Alerts; readonly sources: readonly WatchedSource[] };

const EVERY_MS = 15_000;
/** Senders wait for their group interval, and when an alert was seen is known to a minute. */
const GRACE_MS = 10 * 60_000;

/**
 * Looks from time to time whether what fires is still told: an alert that is not repeated any more is neither over
 * nor known to go on, and a Watchdog that stops means that nothing may be arriving. Each is said once, and once when
 * it is well again.
 */
export function watchSenders(watching: Watching): { look(): Promise<void> } {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let silent: Promise<Set<string>> | null = null;

  return {
    async look() {
      const now = Date.parse(watching.clock.now());
      if (now - lookedAt < EVERY_MS) return;
      lookedAt = now;
      silent ??= silentSources(watching);
      for (const source of watching.sources) {
        await tellUnreported(watching, source, now);
        await tellSilence(watching, source, await silent, now);
      }
    },
  };
}

async function tellUnreported(watching: Watching, source: WatchedSource, now: number): Promise<void> {
  const before = new Date(now - source.repeatMs - GRACE_MS).toISOString();
  const missing = new Map<IncidentId, { count: number; since: string }>();
  for (const { incident, ...about } of await watching.alerts.unreported(source.name, before))
    missing.set(incident, about);
  for (const id of await watching.ledger.unfinished()) {
    const incident = await watching.ledger.load(id);
    // What ended keeps what was known of it at its end.
    if (incident === null || incident.status === 'resolved') continue;
    const known = incident.unreported[source.name] ?? null;
    const found = missing.get(id) ?? null;
    if ((known?.count ?? 0) === (found?.count ?? 0)) continue;
    const { count, since } = found ?? { count: 0, since: watching.clock.now() };
    const command = { do: 'tell_unreported', source: source.name, count, since } as const;
    await act(watching, id, command, { actor: FIRSTMATE, cause: null });
  }
}

async function tellSilence(
  watching: Watching,
  { name, watchdogMs }: WatchedSource,
  silent: Set<string>,
  now: number,
): Promise<void> {
  const [latest] = await watching.alerts.watchdogs(name);
  if (latest === undefined) return;
  const isSilent = !isFiring(latest) || now - Date.parse(latest.lastSeen) > watchdogMs;
  if (isSilent === silent.has(name)) return;
  const about = { occurredAt: watching.clock.now(), actor: FIRSTMATE };
  const event = isSilent
    ? newEvent('source.silent', { source: name, since: latest.lastSeen }, about)
    : newEvent('source.heard', { source: name }, about);
  const { ledger, clock } = watching;
  for (;;) {
    const appended = await ledger.append('system', await ledger.lastSeq('system'), [event], clock.now());
    if (appended.status === 'appended') break;
  }
  if (isSilent) silent.add(name);
  else silent.delete(name);
}

/** Which senders were told to be silent and not heard since, as the timeline has it. */
async function silentSources({ ledger }: Watching): Promise<Set<string>> {
  const silent = new Set<string>();
  for (const event of await ledger.events('system')) {
    if (event.type === 'source.silent') silent.add(event.payload.source);
    if (event.type === 'source.heard') silent.delete(event.payload.source);
  }
  return silent;
}
