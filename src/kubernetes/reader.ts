import type { Observation } from '../core/evidence.ts';
import type { ReadOperation } from '../core/operation.ts';
import type { ClusterReader } from '../core/ports/cluster.ts';
import { redactJson, redactText } from '../core/redact.ts';
import { boundedHead, boundedTail } from './bounds.ts';
import { ReadFailed } from './faults.ts';
import { describe } from './operations/describe.ts';
import { events } from './operations/events.ts';
import { get } from './operations/get.ts';
import { logs } from './operations/logs.ts';
import { rolloutHistory } from './operations/rollout-history.ts';
import { rolloutStatus } from './operations/rollout-status.ts';
import { top } from './operations/top.ts';
import type { View } from './operations/view.ts';
import { openReading, type ReaderParts, type Reading } from './reading.ts';

/** The most text of one step that is kept. */
const TEXT_BYTES = 256 * 1024;

function run(reading: Reading, operation: ReadOperation): Promise<View> {
  switch (operation.verb) {
    case 'get':
      return get(reading, operation);
    case 'describe':
      return describe(reading, operation);
    case 'logs':
      return logs(reading, operation);
    case 'events':
      return events(reading, operation);
    case 'top':
      return top(reading, operation);
    case 'rollout status':
      return rolloutStatus(reading, operation);
    case 'rollout history':
      return rolloutHistory(reading, operation);
  }
}

/** The read grant for one cluster. Never rejects for what a cluster can do; what it gives is redacted and bounded. */
export function clusterReader(parts: ReaderParts): ClusterReader {
  return {
    async read(operation, within): Promise<Observation> {
      const reading = openReading(parts, within);
      try {
        const view = await run(reading, operation);
        // What is newest stands at the end of a log and of events, at the beginning of everything else.
        const newestLast = operation.verb === 'logs' || operation.verb === 'events';
        const text = redactText(view.text);
        return {
          status: 'ok',
          text: newestLast ? boundedTail(text, TEXT_BYTES) : boundedHead(text, TEXT_BYTES),
          facts: redactJson(view.facts),
          objects: view.objects,
          requests: reading.requests(),
        };
      } catch (error) {
        if (!(error instanceof ReadFailed)) throw error;
        return { status: 'failed', fault: error.fault, says: error.says, requests: reading.requests() };
      }
    },
  };
}
