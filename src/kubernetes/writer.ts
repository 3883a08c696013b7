import { text } from '../core/facts/fields.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import { objectName } from '../core/kube.ts';
import type { PlanTarget } from '../core/plan.ts';
import type { Arrival, ClusterWriter, Recheck, WriteEnd } from '../core/ports/cluster.ts';
import { judgeArrival } from './arrival.ts';
import { exchange } from './exchange.ts';
import { ReadFailed } from './faults.ts';
import { fetchObject } from './lists.ts';
import { kindNamed } from './paths.ts';
import { openReading } from './reading.ts';
import type { WriterParts } from './rehearser.ts';
import { retryAfterMs } from './timing.ts';
import { answeredEnd, evictionEnd, thrownEnd } from './write-end.ts';
import { NoWriteToken } from './write-identity.ts';
import { changedField, fieldName } from './writes/reviewed.ts';

/** Admission webhooks may take 30 seconds at most; after that the API server has answered. */
const WRITE_TIMEOUT_MS = 35_000;
const LOOK_TIMEOUT_MS = 10_000;

/** The write grant for one cluster: the frozen requests of one approved plan, each sent once. */
export function clusterWriter(parts: WriterParts): ClusterWriter {
  const { cluster, writing } = parts;

  /** The target as it is now; undefined when it is not there. @throws ReadFailed */
  const look = async (target: PlanTarget, signal: AbortSignal): Promise<JsonObject | undefined> => {
    const kind = kindNamed(target.ref.kind);
    if (kind === undefined || target.ref.cluster !== cluster) {
      throw new ReadFailed('refused_by_gate', `${objectName(target.ref)} is not an object of ${cluster}.`);
    }
    const reading = openReading(parts.read, { signal, timeoutMs: LOOK_TIMEOUT_MS });
    try {
      return await fetchObject(reading, kind, target.ref.namespace, target.ref.name);
    } catch (error) {
      if (error instanceof ReadFailed && error.fault === 'not_found') return undefined;
      throw error;
    }
  };

  return {
    async recheck(plan, signal): Promise<Recheck> {
      for (const target of plan.targets) {
        try {
          const says = whatChanged(target, await look(target, signal));
          if (says !== null) return { status: 'changed', says };
        } catch (error) {
          if (!(error instanceof ReadFailed)) throw error;
          return { status: 'unknown', says: error.says };
        }
      }
      try {
        // Asked for here, so that a token that cannot be had costs the plan nothing.
        await writing.gateFor(plan.id, signal);
        return { status: 'holds' };
      } catch (error) {
        if (!(error instanceof NoWriteToken)) throw error;
        return { status: 'unknown', says: error.message };
      }
    },

    async write(approved, index, signal): Promise<WriteEnd> {
      const frozen = approved.plan.requests[index];
      if (frozen === undefined) {
        return {
          outcome: 'not_sent',
          says: `plan ${approved.plan.id} has no request ${index}`,
          retryAfterMs: null,
        };
      }
      const target = approved.plan.targets[index] ?? approved.plan.targets[0];
      const what = target === undefined ? frozen.path : objectName(target.ref);
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(WRITE_TIMEOUT_MS)]);
        const gate = await writing.gateFor(approved.plan.id, within);
        const response = await exchange(gate, { kind: 'write', approved }, frozen, within);
        // The status line has decided: what happens to the rest of the answer changes nothing.
        const body = await response.body.text().catch(() => null);
        const status = response.httpStatusCode;
        if (status === 401) writing.refused(approved.plan.id);
        if (status >= 200 && status < 300 && body !== null && !isObjectText(body)) {
          return {
            outcome: 'unknown',
            says: `Something answered ${status} for ${cluster}, but not like its API server.`,
          };
        }
        const retryAfter = retryAfterMs(response.headers['retry-after'], parts.read.timing.now());
        if (frozen.method === 'POST' && target !== undefined) {
          const end = evictionEnd(what, status, body ?? '', retryAfter);
          if (end !== null) return end;
          if (status === 404 || status === 409) {
            const gone = judgeArrival(frozen, target, await look(target, signal));
            if (gone.status === 'arrived') return { outcome: 'applied', status, says: gone.says };
          }
        }
        return answeredEnd(cluster, what, status, body ?? '', retryAfter);
      } catch (error) {
        return thrownEnd(cluster, what, error);
      }
    },

    async arrival(plan, index, signal): Promise<Arrival> {
      const request = plan.requests[index];
      const target = plan.targets[index] ?? plan.targets[0];
      if (request === undefined || target === undefined) {
        return { status: 'unknown', says: `plan ${plan.id} has no request ${index}` };
      }
      try {
        return judgeArrival(request, target, await look(target, signal));
      } catch (error) {
        if (!(error instanceof ReadFailed)) throw error;
        return { status: 'unknown', says: error.says };
      }
    },
  };
}

/** A sentence when the target is not what was reviewed; null when it is. */
function whatChanged(target: PlanTarget, live: JsonObject | undefined): string | null {
  const what = objectName(target.ref);
  if (live === undefined) return `${what} is gone.`;
  if (text(live, 'metadata', 'uid') !== target.uid)
    return `${what} was deleted and made anew since the diff was shown.`;
  if (text(live, 'metadata', 'deletionTimestamp') !== '') return `${what} is being deleted.`;
  const changed = changedField(live, target.reviewed);
  return changed === undefined ? null : `${what} changed since the diff was shown: ${fieldName(changed)}.`;
}

function isObjectText(body: string): boolean {
  try {
    return isJsonObject(JSON.parse(body) as Json);
  } catch {
    return false;
  }
}
