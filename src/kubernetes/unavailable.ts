import type { ClusterReader, ClusterRehearser, ClusterWriter } from '../core/ports/cluster.ts';
import type { ClusterSafety } from '../core/ports/safety.ts';
import { nothingKnown } from '../core/safety/facts.ts';

/** A cluster that cannot be used: everything asked of it fails with the sentence that says why, nothing is sent. */
export function unavailableReader(says: string): ClusterReader {
  return { read: async () => ({ status: 'failed', fault: 'unreachable', says, requests: 0 }) };
}

export function unavailableRehearser(says: string): ClusterRehearser {
  return { rehearse: async () => ({ status: 'failed', says }) };
}

export function unavailableWriter(says: string): ClusterWriter {
  return {
    recheck: async () => ({ status: 'unknown', says }),
    write: async () => ({ outcome: 'not_sent', says, retryAfterMs: null }),
    arrival: async () => ({ status: 'unknown', says }),
  };
}

export function unavailableSafety(says: string): ClusterSafety {
  return { look: async () => nothingKnown(says) };
}
