import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPath } from '../../src/core/api-request.ts';
import { GRAMMARS } from '../../src/core/command/grammars.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import {
  actionTypeOf,
  askedKindsOf,
  classOf,
  entryOf,
  type Operation,
  REGISTRY,
  requestsOf,
} from '../../src/core/operation.ts';
import { ACTION_TYPES, WRITE_SPECS } from '../../src/core/write-operations.ts';
import { operations, writeOperations } from './operation-arbitrary.ts';

function operationOf(line: string): Operation {
  const parsed = parseCommand(line);
  if (parsed.verdict === 'refuse') throw new Error(parsed.reason);
  return parsed.operation;
}

describe('the registry', () => {
  it('has one entry for each operation that has a grammar', () => {
    expect(REGISTRY.map((entry) => entry.verb).toSorted()).toEqual(Object.keys(GRAMMARS).toSorted());
  });

  it('has a verb for each type of action, and no two verbs for one', () => {
    const types = REGISTRY.flatMap((entry) => entry.actionType ?? []);
    expect(types.toSorted()).toEqual(ACTION_TYPES.toSorted());
  });

  it('refuses to speak about what it does not have', () => {
    const forged = { ...operationOf('kubectl delete pod web-0 -n web'), verb: 'exec' };
    expect(() => entryOf(JSON.parse(JSON.stringify(forged)))).toThrow('the registry has no exec');
    const [get] = REGISTRY;
    expect(() => get?.classOf(operationOf('kubectl delete pod web-0 -n web'))).toThrow(TypeError);
  });

  it('lets reads read and nothing else', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        if (classOf(operation) !== 'read') return;
        expect(actionTypeOf(operation)).toBeNull();
        for (const request of requestsOf(operation)) {
          const method = operation.verb === 'auth can-i' ? 'POST' : 'GET';
          expect(request).toMatchObject({ method, as: 'read' });
        }
      }),
    );
  });

  it('lets a write change its one object, the same in rehearsal as for good, and a drain besides evict', () => {
    fc.assert(
      fc.property(writeOperations, (operation) => {
        const requests = requestsOf(operation);
        const evicts = (path: string) => path === '/api/v1/namespaces/*/pods/*/eviction';
        const changes = requests.filter((one) => one.method !== 'GET' && !evicts(one.pathPattern));
        expect(changes.map((request) => request.as)).toEqual(['rehearse', 'write']);
        const [rehearsed, written] = changes.map(({ method, pathPattern }) => `${method} ${pathPattern}`);
        expect(rehearsed).toBe(written);
        const place = operation.namespace === null ? '/nodes' : `/namespaces/${operation.namespace}/[a-z]+`;
        expect(written).toMatch(new RegExp(`${place}/${operation.name.replaceAll('.', '\\.')}$`));
        const evictions = requests.filter(({ pathPattern }) => evicts(pathPattern));
        expect(evictions.map(({ method, as }) => `${method} ${as}`)).toEqual(
          operation.verb === 'drain' ? ['POST rehearse', 'POST write'] : [],
        );
        expect(
          requests.filter((request) => request.as === 'read').every(({ method }) => method === 'GET'),
        ).toBe(true);
      }),
    );
  });

  it('says for each write by which verbs it is taken back, and for what is lost that it is not', () => {
    const lost = Object.entries(WRITE_SPECS).flatMap(([verb, spec]) =>
      spec.takenBackBy.length === 0 ? [verb] : [],
    );
    expect(lost).toEqual(['rollout restart', 'delete pod', 'delete job']);
  });

  it('asks for no Secret, no subresource but a log and an eviction, and nothing outside the API', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        if (askedKindsOf(operation).length > 0) return;
        for (const { pathPattern } of requestsOf(operation)) {
          if (/^\/(apis?|readyz|livez|healthz|version)$/.test(pathPattern)) continue;
          expect(pathPattern).toMatch(
            /^\/(api\/v1|apis\/[a-z0-9.]+\/v\d\w*)(\/namespaces\/(\*|[a-z0-9.-]+))?\/[a-z]+(\/(\*|[a-z0-9.-]+)(\/log|\/eviction)?)?$/,
          );
          expect(pathPattern).not.toMatch(/\/(secrets|serviceaccounts|roles|clusterroles)(\/|$)/);
        }
      }),
    );
  });

  it('reaches the core group, where the Secrets are, by no name that the cluster has to explain', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        if (classOf(operation) !== 'read') return;
        const stars = requestsOf(operation).filter(({ pathPattern }) => pathPattern.includes('*'));
        for (const { pathPattern } of stars) {
          expect(pathPattern).toMatch(/^\/apis\/|^\/api\/v1\/namespaces\/[a-z0-9-]+\/pods\/\*\/log$/);
        }
      }),
    );
  });

  it.each([
    ['kubectl get pods,nodes -n web', ['GET /api/v1/namespaces/web/pods', 'GET /api/v1/nodes']],
    [
      'kubectl get deploy/a deploy/b -n web',
      ['GET /apis/apps/v1/namespaces/web/deployments/a', 'GET /apis/apps/v1/namespaces/web/deployments/b'],
    ],
    ['kubectl get pods -A', ['GET /api/v1/pods']],
    [
      'kubectl logs web-0 -n web',
      ['GET /api/v1/namespaces/web/pods/web-0', 'GET /api/v1/namespaces/web/pods/web-0/log'],
    ],
    [
      'kubectl logs deploy/web -n web',
      [
        'GET /apis/apps/v1/namespaces/web/deployments/web',
        'GET /api/v1/namespaces/web/pods',
        'GET /api/v1/namespaces/web/pods/*/log',
      ],
    ],
    ['kubectl top node n1', ['GET /apis/metrics.k8s.io/v1beta1/nodes/n1', 'GET /api/v1/nodes/n1']],
    [
      'kubectl scale deploy/web -n web --replicas=3',
      [
        'GET /apis/apps/v1/namespaces/web/deployments/web',
        'GET /apis/apps/v1/namespaces/web/replicasets',
        'GET /api/v1/namespaces/web/pods',
        'GET /apis/autoscaling/v2/namespaces/web/horizontalpodautoscalers',
        'PATCH /apis/apps/v1/namespaces/web/deployments/web',
        'PATCH /apis/apps/v1/namespaces/web/deployments/web',
      ],
    ],
    [
      'kubectl get pod/a deploy/b -n web',
      ['GET /api/v1/namespaces/web/pods/a', 'GET /apis/apps/v1/namespaces/web/deployments/b'],
    ],
    [
      'kubectl get widgets.example.com a -n web',
      ['GET /apis', 'GET /apis/example.com/*/namespaces/web/*/a', 'GET /apis/example.com/*/*/a'],
    ],
    ['kubectl get widgets', ['GET /apis', 'GET /apis/*/*/*']],
    ['kubectl describe node n1', ['GET /api/v1/nodes/n1', 'GET /api/v1/events']],
    [
      'kubectl describe svc a -n web',
      ['GET /api/v1/namespaces/web/services/a', 'GET /api/v1/namespaces/web/events'],
    ],
    [
      'kubectl rollout status deploy/web -n web',
      ['GET /apis/apps/v1/namespaces/web/deployments/web', 'GET /apis/apps/v1/namespaces/web/replicasets'],
    ],
    ['kubectl get --raw=/readyz?verbose', ['GET /readyz']],
    ['kubectl version', ['GET /version']],
    ['kubectl api-resources', ['GET /api', 'GET /apis']],
    ['kubectl api-resources --api-group=apps', ['GET /apis']],
    [
      'kubectl auth can-i delete pods -n web',
      ['POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ],
    ['kubectl events -n web', ['GET /api/v1/namespaces/web/events']],
    [
      'kubectl delete pod web-0 -n web',
      [
        'GET /api/v1/namespaces/web/pods/web-0',
        'DELETE /api/v1/namespaces/web/pods/web-0',
        'DELETE /api/v1/namespaces/web/pods/web-0',
      ],
    ],
  ])('says which requests %s makes', (line, requests) => {
    expect(
      requestsOf(operationOf(line)).map(({ method, pathPattern }) => `${method} ${pathPattern}`),
    ).toEqual(requests);
  });

  it('says the same of an operation that was stored and read back', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        const stored: Operation = JSON.parse(JSON.stringify(operation));
        expect(requestsOf(stored)).toEqual(requestsOf(operation));
        expect(classOf(stored)).toBe(classOf(operation));
      }),
    );
  });

  it('lets a star stand for one segment, and for nothing else', () => {
    const pattern = '/api/v1/namespaces/web/pods/*/log';
    expect(matchesPath(pattern, '/api/v1/namespaces/web/pods/web-0/log')).toBe(true);
    expect(matchesPath(pattern, '/api/v1/namespaces/web/pods//log')).toBe(false);
    expect(matchesPath(pattern, '/api/v1/namespaces/web/pods/a/b/log')).toBe(false);
    expect(matchesPath(pattern, '/api/v1/namespaces/db/pods/web-0/log')).toBe(false);
    expect(matchesPath(pattern, '/api/v1/namespaces/web/pods/web-0/log/')).toBe(false);
  });
});
