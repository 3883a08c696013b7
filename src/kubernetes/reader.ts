import type { Observation } from '../core/evidence.ts';
import { type KindRef, sameKind } from '../core/kinds.ts';
import { type KnownRead, type ReadOperation, requestsOf } from '../core/operation.ts';
import type { ClusterReader } from '../core/ports/cluster.ts';
import { redactJson, redactText } from '../core/redact.ts';
import { boundedHead, boundedTail } from './bounds.ts';
import { knownKinds } from './discovery.ts';
import { ReadFailed } from './faults.ts';
import { apiResources } from './operations/api-resources.ts';
import { authCanI } from './operations/auth-can-i.ts';
import { describe } from './operations/describe.ts';
import { events } from './operations/events.ts';
import { get } from './operations/get.ts';
import { getRaw } from './operations/get-raw.ts';
import { logs } from './operations/logs.ts';
import { rolloutHistory } from './operations/rollout-history.ts';
import { rolloutStatus } from './operations/rollout-status.ts';
import { top } from './operations/top.ts';
import { version } from './operations/version.ts';
import type { View } from './operations/view.ts';
import { openReading, type ReaderParts, type Reading } from './reading.ts';

/** The most text of one step that is kept. */
const TEXT_BYTES = 256 * 1024;

function run(reading: Reading, operation: KnownRead): Promise<View> {
  switch (operation.verb) {
    case 'get':
      return get(reading, operation);
    case 'get --raw':
      return getRaw(reading, operation);
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
    case 'auth can-i':
      return authCanI(reading, operation);
    case 'version':
      return version(reading, operation);
    case 'api-resources':
      return apiResources(reading, operation);
  }
}

/** The operation with every kind known: those that the table does not know are asked for. @throws ReadFailed */
async function known(reading: Reading, operation: ReadOperation): Promise<KnownRead> {
  switch (operation.verb) {
    case 'get': {
      const kindOf = await knownKinds(reading, operation.kinds);
      const kinds = operation.kinds
        .map(kindOf)
        .filter((kind, at, all) => all.findIndex((one) => sameKind(one, kind)) === at);
      const named = operation.names.length > 0 || operation.objects !== undefined;
      checkPlace(reading, kinds, named, operation.namespace);
      const { objects, ...plain } = operation;
      if (objects === undefined) return { ...plain, kinds };
      return { ...plain, kinds, objects: objects.map(({ kind, name }) => ({ kind: kindOf(kind), name })) };
    }
    case 'describe': {
      const kind = (await knownKinds(reading, [operation.kind]))(operation.kind);
      checkPlace(reading, [kind], operation.name !== null, operation.namespace);
      return { ...operation, kind };
    }
    default:
      return operation;
  }
}

/** Only now it is known whether a kind of the cluster's own lives in namespaces. @throws ReadFailed */
function checkPlace(
  reading: Reading,
  kinds: readonly KindRef[],
  named: boolean,
  namespace: string | null,
): void {
  const homeless = kinds.find((kind) => kind.namespaced);
  if (!named || namespace !== null || homeless === undefined) return;
  throw new ReadFailed(
    'rejected',
    `In the cluster ${reading.cluster} every ${homeless.kind} lives in a namespace: name it with -n.`,
  );
}

function kindsOf(operation: KnownRead): readonly KindRef[] {
  if (operation.verb === 'get') return operation.kinds;
  return operation.verb === 'describe' ? [operation.kind] : [];
}

/** The read grant for one cluster. Never rejects for what a cluster can do; what it gives is redacted and bounded. */
export function clusterReader(parts: ReaderParts): ClusterReader {
  return {
    async read(operation, within): Promise<Observation> {
      const reading = openReading(parts, within);
      try {
        const plain = await known(reading, operation);
        const discovered = kindsOf(plain);
        const view = await run(reading.within({ only: requestsOf(plain), discovered }), plain);
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
