import { expect, it } from 'vitest';
import { matchesPath } from '../../src/core/api-request.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import { isWrite, type Operation, REGISTRY, requestsOf } from '../../src/core/operation.ts';
import { about, connectPlayground, within } from './fixture.ts';
import { prepareWorld, WRITE_LINES, writeOf } from './write-cases.ts';

const LINES = [
  'kubectl get pods -n shop -o wide',
  'kubectl get deployments,replicasets -n shop',
  'kubectl get deployment checkout -n shop -o yaml',
  'kubectl get nodes',
  'kubectl get pods -A',
  'kubectl describe deployment checkout -n shop',
  'kubectl describe pods -n shop -l app=checkout',
  'kubectl describe node node-a',
  'kubectl logs deployment/checkout -n shop --previous',
  'kubectl logs -n shop -l app=checkout --tail=10',
  'kubectl events -n shop --for deployment/checkout',
  'kubectl top pods -n shop',
  'kubectl top nodes',
  'kubectl top node node-a',
  'kubectl rollout status deployment/checkout -n shop',
  'kubectl rollout history deployment/checkout -n shop',
];

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

it('asks of the API server nothing but what the registry says that an operation may ask', async () => {
  const connected = await connectPlayground('bad-release');
  const { playground } = connected;
  const world = await prepareWorld(playground);
  const operations = [
    ...LINES.map(parsed),
    ...Object.values(WRITE_LINES)
      .flat()
      .map((line) => writeOf(line, world)),
  ];
  expect(new Set(operations.map((one) => one.verb))).toEqual(new Set(REGISTRY.map((one) => one.verb)));
  for (const operation of operations) {
    const before = playground.requests.length;
    expect(await carryOut(connected, operation), operation.verb).toBe('ok');
    const allowed = requestsOf(operation);
    const strange = playground.requests.slice(before).filter(({ method, path, dryRun }) => {
      const [plain = ''] = path.split('?');
      const as = method === 'GET' ? 'read' : dryRun ? 'rehearse' : 'write';
      return !allowed.some(
        (one) => one.method === method && one.as === as && matchesPath(one.pathPattern, plain),
      );
    });
    expect(strange.map(({ method, path }) => `${operation.verb}: ${method} ${path}`)).toEqual([]);
  }
});
