import { expect, it } from 'vitest';
import { matchesPath } from '../../src/core/api-request.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import { POD } from '../../src/core/kinds.ts';
import { type Operation, REGISTRY, requestsOf } from '../../src/core/operation.ts';
import { about, connectPlayground, getting, within } from './fixture.ts';

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
  'kubectl rollout undo deployment/checkout -n shop',
  'kubectl rollout restart deployment/checkout -n shop',
  'kubectl scale deployment/checkout -n shop --replicas=5',
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
  switch (operation.verb) {
    case 'rollout undo':
    case 'rollout restart':
    case 'scale':
    case 'delete pod':
      return (await connected.rehearser.rehearse(operation, about())).status;
    default:
      return (await connected.reader.read(operation, within())).status;
  }
}

it('asks of the API server nothing but what the registry says that an operation may ask', async () => {
  const connected = await connectPlayground('bad-release');
  const { reader, playground } = connected;
  const pods = await reader.read(getting(POD, { selector: 'app=checkout' }), within());
  const pod = (pods.status === 'ok' ? pods.objects[0]?.metadata?.name : undefined) ?? '';
  const operations = [...LINES, `kubectl delete pod ${pod} -n shop`].map(parsed);
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
