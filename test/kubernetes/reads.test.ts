import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import type { Observation } from '../../src/core/evidence.ts';
import { DEPLOYMENT, EVENT, NODE, POD, REPLICA_SET, SERVICE, STATEFUL_SET } from '../../src/core/kinds.ts';
import type { LogsOperation } from '../../src/core/operation.ts';
import { CANARY } from '../../src/playground/kubernetes/world/manifests.ts';
import {
  asAdmin,
  connect,
  connectPlayground,
  fault,
  getting,
  kubeconfigFor,
  sendJson,
  startApi,
  within,
} from './fixture.ts';

function ok(seen: Observation): Extract<Observation, { status: 'ok' }> {
  if (seen.status !== 'ok') throw new Error(seen.says);
  return seen;
}

const CHECKOUT = { kind: DEPLOYMENT, name: 'checkout', namespace: 'shop' };
const LOGS: LogsOperation = {
  verb: 'logs',
  target: { kind: DEPLOYMENT, name: 'checkout' },
  namespace: 'shop',
  selector: null,
  container: null,
  allContainers: false,
  previous: false,
  timestamps: false,
  tail: 50,
  sinceSeconds: null,
};

describe('get', () => {
  it("prints the server's own columns and gives facts of the same single request", async () => {
    const { reader, playground } = await connectPlayground('bad-release');
    const before = playground.requests.length;
    const seen = ok(await reader.read(getting(POD, { selector: 'app=checkout', output: 'wide' }), within()));
    expect(playground.requests.length - before).toBe(1);
    expect(seen.text.split('\n')[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/);
    expect(seen.text).toContain('CrashLoopBackOff');
    const crashing = { kind: 'Pod', namespace: 'shop', ready: false, reason: 'CrashLoopBackOff' };
    expect(seen.facts.items).toContainEqual(expect.objectContaining(crashing));
    expect(seen.objects).toHaveLength(4);
    expect(JSON.stringify(seen.objects)).not.toContain('managedFields');
  });

  it('names kinds where there are several', async () => {
    const { reader } = await connectPlayground();
    const seen = ok(
      await reader.read({ ...getting(DEPLOYMENT), kinds: [DEPLOYMENT, REPLICA_SET] }, within()),
    );
    expect(seen.text).toContain('deployment.apps/checkout');
    expect(seen.text).toContain('replicaset.apps/checkout-');
    const names = ok(await reader.read(getting(DEPLOYMENT, { output: 'name' }), within()));
    expect(names.text.split('\n')).toContain('deployment.apps/checkout');
  });

  it('names namespaces over all of them', async () => {
    const { reader } = await connectPlayground();
    const seen = ok(await reader.read(getting(DEPLOYMENT, { namespace: null }), within()));
    expect(seen.text).toMatch(/^NAMESPACE +NAME/);
    expect(seen.text).toMatch(/^shop +checkout/m);
  });

  it('tells which of several names are missing, and fails when all are', async () => {
    const { reader } = await connectPlayground();
    const some = ok(await reader.read(getting(DEPLOYMENT, { names: ['checkout', 'nope'] }), within()));
    expect(some.text).toContain('The cluster prod has no deployments/nope in shop (404).');
    expect(some.objects).toHaveLength(1);
    const none = await reader.read(getting(DEPLOYMENT, { names: ['nope'] }), within());
    expect(none).toMatchObject({ status: 'failed', fault: 'not_found' });
  });

  it('says that there is nothing, as kubectl does', async () => {
    const { reader } = await connectPlayground();
    const seen = ok(await reader.read(getting(POD, { selector: 'app=nope' }), within()));
    expect(seen).toMatchObject({ text: 'No resources found in shop namespace.', facts: { items: [] } });
  });

  it('gives one object as a document and several as a List', async () => {
    const { reader } = await connectPlayground();
    const yaml = ok(
      await reader.read(getting(DEPLOYMENT, { names: ['checkout'], output: 'yaml' }), within()),
    );
    expect(yaml.text).toMatch(/^kind: Deployment$/m);
    const json = ok(await reader.read(getting(DEPLOYMENT, { output: 'json' }), within()));
    expect(JSON.parse(json.text)).toMatchObject({ kind: 'List', items: expect.any(Array) });
  });

  it('keeps counts whole numbers and booleans booleans', async () => {
    const { reader } = await connectPlayground();
    const deployment = ok(await reader.read(getting(DEPLOYMENT, { names: ['checkout'] }), within()));
    expect(deployment.facts).toMatchObject({
      items: [
        {
          kind: 'Deployment',
          desired: 3,
          ready: 3,
          updated: 3,
          available: 3,
          unavailable: 0,
          revision: 3,
          paused: false,
        },
      ],
    });
    const nodes = ok(await reader.read(getting(NODE, { namespace: null }), within()));
    expect(nodes.facts.items).toContainEqual(
      expect.objectContaining({ name: 'node-a', ready: true, unschedulable: false, pressures: [] }),
    );
  });
});

describe('describe', () => {
  it('tells what an object is, how it is, and its events', async () => {
    const { reader } = await connectPlayground('bad-release');
    const seen = ok(
      await reader.read(
        { verb: 'describe', kind: POD, name: null, namespace: 'shop', selector: 'app=checkout' },
        within(),
      ),
    );
    const [first] = seen.text.split('\n\n\n');
    expect(first).toContain('Reason:        CrashLoopBackOff');
    expect(first).toContain('Last State:       Terminated, Error, exit code 1');
    expect(first).toContain('BackOff');
    expect(seen.facts.events).toContainEqual(expect.objectContaining({ reason: 'BackOff', type: 'Warning' }));
    expect(seen.requests).toBe(2);
  });

  it('fails for what is not there', async () => {
    const { reader } = await connectPlayground();
    const seen = await reader.read(
      { verb: 'describe', kind: NODE, name: 'nope', namespace: null, selector: null },
      within(),
    );
    expect(seen).toMatchObject({ status: 'failed', fault: 'not_found' });
  });
});

describe('logs', () => {
  it('reads the pods in trouble first', async () => {
    const { reader } = await connectPlayground('bad-release');
    const seen = ok(await reader.read(LOGS, within()));
    expect(seen.text.indexOf('PAYMENT_URL')).toBeGreaterThan(0);
    expect(seen.text.indexOf('PAYMENT_URL')).toBeLessThan(seen.text.indexOf('==> checkout-', 10));
  });

  it('leaves out containers that never ran before when asked for the previous run', async () => {
    const { reader } = await connectPlayground('bad-release');
    const seen = ok(await reader.read({ ...LOGS, previous: true }, within()));
    expect(seen.text).toContain('panic: config key PAYMENT_URL is not set');
    expect(seen.text).not.toContain('no log');
    expect(seen.facts).toMatchObject({ lines: 9 });
  });

  it('says why there is no log, and does not fail', async () => {
    const { reader } = await connectPlayground();
    const seen = ok(await reader.read({ ...LOGS, previous: true }, within()));
    expect(seen.text).toContain('previous terminated container "checkout"');
    expect(seen.facts).toEqual({ lines: 0, text: '' });
  });

  it('finds the pods of a Service by its selector', async () => {
    const { reader } = await connectPlayground('bad-release');
    const ofService = { ...LOGS, target: { kind: SERVICE, name: 'checkout' } };
    expect(ok(await reader.read(ofService, within())).text).toBe(ok(await reader.read(LOGS, within())).text);
  });

  it('finds the pods of a workload that selects by expressions', async () => {
    const { reader, playground } = await connectPlayground('bad-release');
    const matchExpressions = [
      { key: 'app', operator: 'In', values: ['checkout', 'nobody'] },
      { key: 'app', operator: 'NotIn', values: ['orders'] },
      { key: 'team', operator: 'Exists' },
      { key: 'canary', operator: 'DoesNotExist' },
    ];
    const containers = [{ name: 'app', image: 'registry.example/shop/checkout:1' }];
    await asAdmin(playground, 'POST', '/apis/apps/v1/namespaces/shop/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'either' },
      spec: {
        replicas: 0,
        selector: { matchExpressions },
        template: { metadata: { labels: { app: 'nobody', team: 'shop' } }, spec: { containers } },
      },
    });
    const either = { ...LOGS, target: { kind: DEPLOYMENT, name: 'either' } };
    expect(ok(await reader.read(either, within())).text).toBe(ok(await reader.read(LOGS, within())).text);
  });

  it('says of a Service without a selector that it has no pods of its own', async () => {
    const { reader, playground } = await connectPlayground();
    await asAdmin(playground, 'POST', '/api/v1/namespaces/shop/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside' },
      spec: { type: 'ExternalName', externalName: 'db.example' },
    });
    const seen = await reader.read({ ...LOGS, target: { kind: SERVICE, name: 'outside' } }, within());
    expect(seen).toMatchObject({ status: 'failed', fault: 'rejected' });
    expect(seen.status === 'failed' && seen.says).toContain('does not say which pods');
  });

  it('fails for a pod that is not there', async () => {
    const { reader } = await connectPlayground();
    const seen = await reader.read({ ...LOGS, target: { kind: POD, name: 'nope' } }, within());
    expect(seen).toMatchObject({ status: 'failed', fault: 'not_found' });
  });
});

describe('events', () => {
  it('puts the newest last', async () => {
    const { reader } = await connectPlayground('bad-release');
    const seen = ok(await reader.read({ verb: 'events', namespace: 'shop', for: null, types: [] }, within()));
    const items = Array.isArray(seen.facts.items) ? seen.facts.items : [];
    const ages = items.map((item: { ageSeconds?: number }) => item.ageSeconds ?? 0);
    expect(ages.length).toBeGreaterThan(3);
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
  });

  it('takes only those of one object and one type', async () => {
    const { reader } = await connectPlayground('bad-release');
    const pods = ok(await reader.read(getting(POD, { selector: 'app=checkout' }), within())).objects;
    const name = pods.find((pod) => JSON.stringify(pod).includes('CrashLoopBackOff'))?.metadata?.name ?? '';
    const seen = ok(
      await reader.read(
        { verb: 'events', namespace: 'shop', for: { kind: POD, name }, types: ['Warning'] },
        within(),
      ),
    );
    expect(seen.objects.length).toBeGreaterThan(0);
    expect(seen.facts.items).toEqual(
      seen.objects.map(() => expect.objectContaining({ type: 'Warning', object: `pod/${name}` })),
    );
  });

  it('says that there are none', async () => {
    const { reader } = await connectPlayground();
    const seen = ok(
      await reader.read(
        { verb: 'events', namespace: 'shop', for: { kind: EVENT, name: 'nope' }, types: [] },
        within(),
      ),
    );
    expect(seen.text).toBe('No events found in shop namespace.');
  });
});

describe('top', () => {
  it('gives what pods and nodes use, the busiest first', async () => {
    const { reader } = await connectPlayground();
    const pods = ok(
      await reader.read(
        { verb: 'top', what: 'pods', name: null, namespace: 'shop', selector: null, containers: false },
        within(),
      ),
    );
    expect(pods.text).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\)/);
    expect(pods.facts.items).toContainEqual(
      expect.objectContaining({
        name: expect.stringContaining('checkout'),
        cpuMillicores: expect.any(Number),
      }),
    );
    const nodes = ok(
      await reader.read(
        { verb: 'top', what: 'nodes', name: null, namespace: null, selector: null, containers: false },
        within(),
      ),
    );
    expect(nodes.facts.items).toContainEqual(
      expect.objectContaining({ name: 'node-a', cpuPercent: expect.any(Number) }),
    );
  });

  it('says so when the cluster has no metrics API', async () => {
    const { reader, playground } = await connectPlayground();
    await fault(playground, { path: '/apis/metrics.k8s.io', status: 404, times: 1 });
    const seen = await reader.read(
      { verb: 'top', what: 'pods', name: null, namespace: 'shop', selector: null, containers: false },
      within(),
    );
    expect(seen).toMatchObject({
      status: 'failed',
      says: 'The cluster prod has no metrics API (metrics.k8s.io); `top` needs metrics-server.',
    });
  });
});

describe('rollout status and history', () => {
  it('tells a finished rollout from one that is stuck', async () => {
    const { reader, playground } = await connectPlayground();
    const before = ok(await reader.read({ verb: 'rollout status', ...CHECKOUT }, within()));
    expect(before).toMatchObject({
      text: 'deployment "checkout" successfully rolled out',
      facts: { done: true, stuck: false, revision: 3 },
    });
    playground.breakScenario('bad-release');
    playground.advance(60_000);
    const after = ok(await reader.read({ verb: 'rollout status', ...CHECKOUT }, within()));
    expect(after).toMatchObject({
      text: 'deployment "checkout" exceeded its progress deadline',
      facts: {
        done: false,
        stuck: true,
        revision: 4,
        ageSeconds: 60,
        desired: 3,
        image: 'registry.example/shop/checkout:1.43.0',
      },
    });
  });

  it('lists the revisions that are kept, and shows one', async () => {
    const { reader } = await connectPlayground('bad-release');
    const all = ok(await reader.read({ verb: 'rollout history', ...CHECKOUT, revision: null }, within()));
    expect(all.facts.revisions).toMatchObject([
      { revision: 1 },
      { revision: 2 },
      { revision: 3 },
      { revision: 4, image: 'registry.example/shop/checkout:1.43.0' },
    ]);
    expect(all.text).toMatch(/^4 +release 1\.43\.0/m);
    const one = ok(await reader.read({ verb: 'rollout history', ...CHECKOUT, revision: 3 }, within()));
    expect(one.text).toContain('image: registry.example/shop/checkout:1.42.0');
    const gone = await reader.read({ verb: 'rollout history', ...CHECKOUT, revision: 17 }, within());
    expect(gone).toMatchObject({ status: 'failed', fault: 'not_found' });
  });
});

describe('secrets', () => {
  it('are neither asked for nor let out, wherever they were put', async () => {
    const { reader, playground } = await connectPlayground('bad-release');
    const leaked = 'canary-in-plain-sight-4711';
    await asAdmin(playground, 'PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout', {
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': `{"x":"${leaked}"}`,
          note: `log in with password=${leaked}`,
          'kubernetes.io/change-cause': `deploy --api-token=${leaked}`,
        },
      },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'checkout',
                image: 'registry.example/shop/checkout:1.43.0',
                env: [{ name: 'API_TOKEN', value: leaked }],
              },
            ],
          },
        },
      },
    });
    playground.advance(60_000);
    const seen = await Promise.all([
      ...(['table', 'wide', 'yaml', 'json', 'name'] as const).flatMap((output) =>
        [POD, DEPLOYMENT, REPLICA_SET, STATEFUL_SET, EVENT].map((kind) =>
          reader.read(getting(kind, { output }), within()),
        ),
      ),
      ...[POD, DEPLOYMENT, REPLICA_SET].map((kind) =>
        reader.read({ verb: 'describe', kind, name: null, namespace: 'shop', selector: null }, within()),
      ),
      reader.read(LOGS, within()),
      reader.read({ verb: 'rollout history', ...CHECKOUT, revision: 5 }, within()),
      reader.read({ verb: 'rollout history', ...CHECKOUT, revision: null }, within()),
      reader.read({ verb: 'rollout status', ...CHECKOUT }, within()),
    ]);
    const everything = JSON.stringify(seen);
    expect(everything).toContain('API_TOKEN');
    expect(everything).not.toContain(leaked);
    expect(everything).not.toContain(CANARY);
    expect(playground.requests.filter((request) => /\/secrets/.test(request.path))).toEqual([]);
  });

  it('come out of no line that the grammar takes, whatever it asks to be printed', async () => {
    const { reader, playground } = await connectPlayground('bad-release');
    const leaked = 'canary-in-plain-sight-4711';
    await asAdmin(playground, 'POST', '/api/v1/namespaces/shop/configmaps', {
      metadata: { name: 'careless', annotations: { 'example.com/api-token': leaked } },
      data: {
        password: leaked,
        SECRET_KEY_BASE: leaked,
        'app.yaml': `db:\n  password: ${leaked}\nmode: fast\n`,
        'app.xml': `<password>${leaked}</password>`,
        'redis.conf': `requirepass ${leaked}\n`,
        url: `postgres://shop:${leaked}@db/orders`,
      },
      binaryData: { 'app.properties': Buffer.from(`password=${leaked}`).toString('base64') },
    });
    await asAdmin(playground, 'PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout', {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'checkout',
                image: 'registry.example/shop/checkout:1.43.0',
                command: ['checkout', '--db-password', leaked],
                args: ['sh', '-c', `redis-cli -a ${leaked} ping`],
                env: [{ name: 'DB_PASSWORD_OLD', value: leaked }],
              },
            ],
          },
        },
      },
    });
    playground.advance(60_000);
    const outputs = [
      ...['yaml', 'json', 'wide', 'name', "'jsonpath={.data}'", "'jsonpath={..password}'"],
      ...["'jsonpath={.data.*}'", "'jsonpath={..binaryData}'", "'jsonpath={.metadata.annotations}'"],
      ...["'jsonpath={.data.app\\.yaml}'", "'jsonpath={.data.url}'"],
    ];
    const printed = [
      ...[
        "'jsonpath={..env}'",
        "'jsonpath={..value}'",
        "'jsonpath={..command[2]}'",
        "'jsonpath={..args[*]}'",
      ],
      ...["'jsonpath={range .items[*]}{.spec}{end}'", 'yaml', 'json', 'wide'],
    ];
    const lines = [
      ...outputs.map((output) => `kubectl get cm careless -n shop -o ${output}`),
      ...['kubectl describe cm careless -n shop', 'kubectl get cm -n shop --sort-by=.data.password'],
      ...['pods', 'deploy', 'rs'].flatMap((kind) => [
        ...printed.map((output) => `kubectl get ${kind} -n shop -o ${output}`),
        `kubectl describe ${kind} -n shop`,
      ]),
      'kubectl rollout history deploy/checkout -n shop --revision=5',
    ];
    for (const line of lines) {
      const parsed = parseCommand(line);
      if (parsed.verdict !== 'read') throw new Error(`${line} is no read`);
      const seen = await reader.read(parsed.operation, within());
      expect(seen.status, line).toBe('ok');
      const told = JSON.stringify(seen);
      expect(told, line).not.toContain(leaked);
      expect(told, line).not.toContain(Buffer.from(`password=${leaked}`).toString('base64'));
    }
  });

  it('are taken out of what containers write, and of names that are none', async () => {
    const token = 'xoxb-123456789012-abcdefghijkl';
    const api = await startApi((request, response) => {
      const url = request.url ?? '';
      if (url.includes('/log?'))
        response.end(`starting\nconnecting with password=${token}\n{"auth_token":"${token}"`);
      else if (url.includes('metrics.k8s.io'))
        sendJson(response, 200, { items: [{ metadata: { name: token } }] });
      else
        sendJson(response, 200, {
          kind: 'Pod',
          metadata: { name: 'a' },
          spec: { containers: [{ name: 'c' }] },
        });
    });
    const { reader } = await connect(kubeconfigFor(api.url));
    const log = ok(await reader.read({ ...LOGS, target: { kind: POD, name: 'a' } }, within()));
    expect(log.text).toContain('starting');
    expect(log.facts).toMatchObject({ lines: 3 });
    const top = ok(
      await reader.read(
        { verb: 'top', what: 'pods', name: null, namespace: 'shop', selector: null, containers: false },
        within(),
      ),
    );
    expect(JSON.stringify([log, top])).not.toContain(token);
  });
});
