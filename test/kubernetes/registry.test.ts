import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ApiRequest, matchesPath } from '../../src/core/api-request.ts';
import { commandLine } from '../../src/core/command/command-line.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import { classOf, isWrite, type Operation, REGISTRY, requestsOf } from '../../src/core/operation.ts';
import { operations } from '../core/operation-arbitrary.ts';
import { about, connectPlayground, within } from './fixture.ts';
import { prepareWorld, WRITE_LINES, writeOf } from './write-cases.ts';

const LINES = [
  'kubectl get pods -n shop -o wide',
  'kubectl get pods -n shop --show-labels --no-headers --sort-by=.spec.nodeName',
  'kubectl get deployments,replicasets -n shop',
  'kubectl get deployment checkout -n shop -o yaml',
  'kubectl get deployment/checkout service/checkout -n shop',
  `kubectl get pods -n shop -o jsonpath='{.items[*].metadata.name}'`,
  'kubectl get nodes',
  'kubectl get pods -A',
  'kubectl get --raw=/readyz?verbose',
  'kubectl get --raw=/version',
  'kubectl describe deployment checkout -n shop',
  'kubectl describe pods -n shop -l app=checkout',
  'kubectl describe service checkout -n shop',
  'kubectl describe node node-a',
  'kubectl logs deployment/checkout -n shop --previous',
  'kubectl logs -n shop -l app=checkout --tail=10',
  'kubectl events -n shop --for deployment/checkout',
  'kubectl top pods -n shop',
  'kubectl top nodes',
  'kubectl top node node-a',
  'kubectl rollout status deployment/checkout -n shop',
  'kubectl rollout status statefulset/orders-db -n shop',
  'kubectl rollout history deployment/checkout -n shop',
  'kubectl auth can-i delete pods -n shop',
  'kubectl version',
  'kubectl api-resources',
  'kubectl api-resources --api-group=apps',
  'kubectl api-resources --api-group=',
];
/** What the cluster is asked about first: which of the kinds it means decides what else is asked. */
const ASKED = [
  'kubectl get servicecidrs',
  'kubectl get ip.networking.k8s.io',
  'kubectl get servicecidrs.v1.networking.k8s.io -o yaml',
  'kubectl get pods,servicecidr -n shop',
  'kubectl describe servicecidrs',
];

/** Half of the operations are led to a namespace in which there is something to find. */
const inShop = fc.boolean().map((there) => (operation: Operation): Operation => {
  const placed = there && 'namespace' in operation && operation.namespace !== null;
  return placed ? { ...operation, namespace: 'shop' } : operation;
});

function parsed(line: string): Operation {
  const result = parseCommand(line);
  if (!('operation' in result)) throw new Error(`${line}: ${JSON.stringify(result)}`);
  return result.operation;
}

async function carryOut(
  connected: Awaited<ReturnType<typeof connectPlayground>>,
  operation: Operation,
): Promise<string> {
  const answer = isWrite(operation)
    ? await connected.rehearser.rehearse(operation, about())
    : await connected.reader.read(operation, within());
  return answer.status === 'failed' && 'says' in answer ? answer.says : answer.status;
}

/** What the operation asked, and of that what the registry does not know of; and what it need not have known of. */
async function compared(connected: Awaited<ReturnType<typeof connectPlayground>>, operation: Operation) {
  const { playground } = connected;
  const before = playground.requests.length;
  const status = await carryOut(connected, operation);
  const asked = playground.requests.slice(before).map(({ method, path, dryRun }) => ({
    method,
    path: path.split('?')[0] ?? '',
    as: method === 'GET' || path.includes('accessreviews') ? 'read' : dryRun ? 'rehearse' : 'write',
  }));
  const fits = (known: ApiRequest, one: (typeof asked)[number]) =>
    known.method === one.method && known.as === one.as && matchesPath(known.pathPattern, one.path);
  const known = requestsOf(operation);
  return {
    status,
    strange: asked.filter((one) => !known.some((request) => fits(request, one))),
    unused: known.filter((request) => !asked.some((one) => fits(request, one))),
  };
}

it('asks of the API server nothing but what the registry says that an operation may ask', async () => {
  const connected = await connectPlayground('bad-release');
  const world = await prepareWorld(connected.playground);
  const all = [
    ...[...LINES, ...ASKED, 'kubectl logs orders-db-0 -n shop'].map(parsed),
    ...Object.values(WRITE_LINES)
      .flat()
      .map((line) => writeOf(line, world)),
  ];
  expect(new Set(all.map((one) => one.verb))).toEqual(new Set(REGISTRY.map((one) => one.verb)));
  for (const operation of all) {
    const { status, strange } = await compared(connected, operation);
    expect({ line: commandLine(operation), status, strange }).toEqual({
      line: commandLine(operation),
      status: 'ok',
      strange: [],
    });
  }
});

it('says of no read that it may ask more than it does', async () => {
  const connected = await connectPlayground('bad-release');
  for (const line of LINES) {
    expect({ line, ...(await compared(connected, parsed(line))) }).toMatchObject({ line, unused: [] });
  }
});

it('keeps every read that a line can say within what the registry says of it', async () => {
  const connected = await connectPlayground('bad-release');
  await fc.assert(
    fc.asyncProperty(operations, inShop, async (operation, change) => {
      if (classOf(operation) !== 'read') return;
      const { strange } = await compared(connected, change(operation));
      expect(strange).toEqual([]);
    }),
    { numRuns: 150 },
  );
}, 60_000);
