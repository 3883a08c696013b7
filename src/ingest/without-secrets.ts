import { isJsonObject, type Json, sha256 } from '../core/json.ts';
import { mayHoldSecret } from '../core/may-hold-secret.ts';
import { redactJson } from '../core/redact.ts';

/** What makes an alert, an event or a group the same one again; no text of theirs. */
const IDENTITIES: ReadonlySet<string> = new Set(['fingerprint', 'id']);

/** Alerts are told again and again as they are: what was looked through once is known by its hash. */
const MOST_KNOWN = 20_000;

/**
 * Gives a body as it is to be kept: without what looks like a secret, and byte for byte the same where nothing is taken
 * out. What its sender signed is checked before.
 */
export function forgetSecrets(): (text: string, body: Json) => string {
  const clean = new Set<string>();

  function without<T extends Json>(part: T): T {
    const text = JSON.stringify(part);
    const hash = sha256(text);
    if (clean.has(hash)) return part;
    const kept = mayHoldSecret(text) ? redactJson(part, IDENTITIES) : part;
    if (kept === part) {
      if (clean.size >= MOST_KNOWN) clean.clear();
      clean.add(hash);
    }
    return kept;
  }

  return (text, body) => {
    const alerts = isJsonObject(body) ? body.alerts : undefined;
    if (!isJsonObject(body) || !isObjects(alerts)) {
      const kept = without(body);
      return kept === body ? text : JSON.stringify(kept);
    }
    const { alerts: _, ...around } = body;
    const keptAround = without(around);
    const keptAlerts = alerts.map((alert) => without(alert));
    const same = keptAround === around && keptAlerts.every((alert, at) => alert === alerts[at]);
    return same ? text : JSON.stringify({ ...keptAround, alerts: keptAlerts });
  };
}

function isObjects(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.every(isJsonObject);
}
