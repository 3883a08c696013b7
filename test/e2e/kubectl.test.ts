import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import type { PlaygroundClusterOptions } from '../../src/playground/kubernetes/server.ts';
import { type Kubectl, kubectlMinor, rows, startKubectl } from '../playground/kubernetes/kubectl.ts';

const minor = await kubectlMinor();
const LIVE: Partial<PlaygroundClusterOptions> = { clock: 'running', speed: 20 };

async function start(
  context: TestContext,
  options: Partial<PlaygroundClusterOptions> = {},
): Promise<Kubectl> {
  const kubectl = await startKubectl(options);
  context.onTestFinished(() => kubectl.stop());
  return kubectl;
}

async function podNames({ out }: Kubectl, app: string): Promise<string[]> {
  const text = await out('get', 'pods', '-l', `app=${app}`, '-o', 'name');
  return text.trimEnd().split('\n');
}

if (minor === undefined) test.skip('no kubectl 1.32 or newer on this machine');
else describe.concurrent(`kubectl 1.${minor}`, { timeout: 60_000 }, () => kubectlTests(minor));

function kubectlTests(minor: number): void {
  test('get prints the tables people know', async (context) => {
    const { out } = await start(context);
    const deployments = await out('get', 'deployments');
    expect(deployments.split('\n')[0]).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE$/);
    expect(rows(deployments)).toContainEqual(
      expect.objectContaining({ NAME: 'checkout', READY: '3/3', 'UP-TO-DATE': '3', AVAILABLE: '3' }),
    );
    const pods = await out('get', 'pods', '--all-namespaces', '-o', 'wide');
    expect(pods.split('\n')[0]).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/,
    );
    expect(rows(pods)).toContainEqual(
      expect.objectContaining({ NAMESPACE: 'kube-system', READY: '1/1', STATUS: 'Running', RESTARTS: '0' }),
    );
    const all = await out('get', 'all', '--show-labels');
    expect(all).toMatch(/^deployment\.apps\/checkout +3\/3 .* app=checkout,team=shop$/m);
    expect(all).toMatch(/^replicaset\.apps\/checkout-\w+ /m);
    expect(all).toMatch(/^service\/checkout +ClusterIP /m);
    expect(await out('get', 'jobs,cm', '-n', 'kube-node-lease')).toBe('');
  });

  test('get gives objects in the other outputs', async (context) => {
    const { out } = await start(context);
    const object = JSON.parse(await out('get', 'deploy', 'checkout', '-o', 'json'));
    expect(object).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 3 } });
    expect(await out('get', 'deploy/checkout', '-o', 'yaml')).toMatch(
      /^apiVersion: apps\/v1\nkind: Deployment\n/,
    );
    expect(await out('get', 'deploy', 'checkout', '-o', 'name')).toBe('deployment.apps/checkout\n');
    expect(await out('get', 'deploy', 'checkout', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    expect(await out('get', 'deploy', 'checkout', '-o', 'go-template={{.metadata.name}}')).toBe('checkout');
    const columns = 'custom-columns=WHO:.metadata.name,HOW:.spec.type';
    expect(rows(await out('get', 'svc', 'checkout', '-o', columns))).toEqual([
      { WHO: 'checkout', HOW: 'ClusterIP' },
    ]);
    const sorted = rows(await out('get', 'deploy', '--sort-by=.spec.replicas')).map(({ READY }) => READY);
    expect(sorted).toEqual([...sorted].sort());
    const running = await out('get', 'pods', '--field-selector=status.phase!=Running', '-o', 'name');
    expect(running).toBe('');
  });

  test('get says what is not there', async (context) => {
    const { run } = await start(context);
    const missing = await run('get', 'pod', 'nope');
    expect(missing).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    });
    const unknown = await run('get', 'widgets');
    expect(unknown.stderr).toBe(`error: the server doesn't have a resource type "widgets"\n`);
    const empty = await run('get', 'jobs', '-n', 'default');
    expect(empty).toMatchObject({ code: 0, stderr: 'No resources found in default namespace.\n' });
  });

  test('describe tells of a deployment, a pod and a node', async (context) => {
    const kubectl = await start(context);
    const { out } = kubectl;
    const deployment = await out('describe', 'deployment', 'checkout');
    expect(deployment).toMatch(
      /^Replicas: +3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable$/m,
    );
    expect(deployment).toMatch(/^ +Progressing +True +NewReplicaSetAvailable$/m);
    expect(deployment).toMatch(/^NewReplicaSet: +checkout-\w+ \(3\/3 replicas created\)$/m);
    const [pod = ''] = await podNames(kubectl, 'checkout');
    const described = await out('describe', pod);
    expect(described).toMatch(/^Status: +Running$/m);
    expect(described).toMatch(/^Controlled By: +ReplicaSet\/checkout-\w+$/m);
    expect(described).toMatch(/^QoS Class: +Burstable$/m);
    const node = await out('describe', 'node', 'node-a');
    expect(node).toMatch(/^ +Ready +True .* KubeletReady +kubelet is posting ready status$/m);
    expect(node).toMatch(/^Non-terminated Pods: +\(\d+ in total\)$/m);
  });

  test('logs reads a tail, a deployment and the run before a crash', async (context) => {
    const kubectl = await start(context);
    const { cluster, out } = kubectl;
    const tail = await out('logs', 'deployment/checkout', '--tail=2', '--timestamps');
    expect(tail).toMatch(/^(2026-03-14T02:0\S+Z level=info [^\n]+\n){2}$/);
    cluster.breakScenario('bad-release');
    cluster.advance(60_000);
    const pods = rows(await out('get', 'pods', '-l', 'app=checkout'));
    const crashing = pods.find(({ STATUS }) => STATUS === 'CrashLoopBackOff');
    expect(crashing?.READY).toBe('0/1');
    const previous = await out('logs', crashing?.NAME ?? '', '--previous');
    expect(previous).toContain('panic: config key PAYMENT_URL is not set');
    expect(await out('describe', 'pod', crashing?.NAME ?? '')).toMatch(
      /Back-off restarting failed container/,
    );
  });

  test('top shows what pods and nodes take', async (context) => {
    const { out } = await start(context);
    const pods = rows(await out('top', 'pods'));
    expect(pods.find(({ NAME }) => NAME === 'orders-db-0')).toMatchObject({
      'CPU(cores)': expect.stringMatching(/^\d+m$/),
      'MEMORY(bytes)': expect.stringMatching(/^\d+Mi$/),
    });
    const nodes = await out('top', 'nodes');
    expect(nodes.split('\n')[0]).toMatch(/^NAME +CPU\(cores\) +CPU\(?%\)? +MEMORY\(bytes\) +MEMORY\(?%\)?/);
    expect(rows(nodes)).toHaveLength(3);
  });

  test('scale, set image and wait change a deployment, and events tells of it', async (context) => {
    const { out } = await start(context, LIVE);
    expect(await out('scale', 'deployment/checkout', '--replicas=5')).toBe(
      'deployment.apps/checkout scaled\n',
    );
    const five = '--for=jsonpath={.status.readyReplicas}=5';
    expect(await out('wait', five, 'deployment/checkout', '--timeout=10s')).toBe(
      'deployment.apps/checkout condition met\n',
    );
    const image = 'checkout=registry.example/shop/checkout:1.41.0';
    expect(await out('set', 'image', 'deployment/checkout', image)).toBe(
      'deployment.apps/checkout image updated\n',
    );
    const events = await out('events', '--for', 'deployment/checkout');
    expect(events.split('\n')[0]).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/);
    expect(events).toMatch(
      /Normal +ScalingReplicaSet +Deployment\/checkout +Scaled up replica set checkout-\w+ from 3 to 5/,
    );
    expect(await out('get', 'events')).toMatch(
      /Normal +Scheduled +pod\/checkout-\w+-\w+ +Successfully assigned shop\//,
    );
  });

  test('rollout tells the history, undoes, restarts, pauses and follows to the end', async (context) => {
    const { out, run } = await start(context, LIVE);
    expect(await out('rollout', 'history', 'deployment/checkout')).toBe(
      'deployment.apps/checkout \nREVISION  CHANGE-CAUSE\n1         release 1.40.3\n2         release 1.41.0\n3         release 1.42.0\n\n',
    );
    expect(await out('rollout', 'history', 'deployment/checkout', '--revision=2')).toContain(
      'registry.example/shop/checkout:1.41.0',
    );
    const dry = await out('rollout', 'undo', 'deployment/checkout', '--to-revision=1', '--dry-run=server');
    expect(dry).toBe('deployment.apps/checkout rolled back (server dry run)\n');
    expect(await out('rollout', 'undo', 'deployment/checkout')).toBe(
      'deployment.apps/checkout rolled back\n',
    );
    const status = await out('rollout', 'status', 'deployment/checkout', '--timeout=10s');
    expect(status).toMatch(/deployment "checkout" successfully rolled out\n$/);
    const image = 'jsonpath={.spec.template.spec.containers[0].image}';
    expect(await out('get', 'deployment', 'checkout', '-o', image)).toBe(
      'registry.example/shop/checkout:1.41.0',
    );
    const restarted = await out('rollout', 'restart', 'deployment/checkout');
    expect(restarted).toBe('deployment.apps/checkout restarted\n');
    await out('rollout', 'status', 'deployment/checkout', '--timeout=10s');
    expect(await out('rollout', 'history', 'deployment/checkout')).toMatch(/^5 +release 1\.41\.0$/m);
    expect(await out('rollout', 'pause', 'deployment/checkout')).toBe('deployment.apps/checkout paused\n');
    const paused = await run('rollout', 'undo', 'deployment/checkout');
    expect(paused.stderr).toContain('cannot rollback a paused deployment');
    expect(await out('rollout', 'resume', 'deployment/checkout')).toBe('deployment.apps/checkout resumed\n');
  });

  test('cordon and drain respect a disruption budget', async (context) => {
    const { out, run } = await start(context, LIVE);
    expect(await out('cordon', 'node-a')).toBe('node/node-a cordoned\n');
    expect(rows(await out('get', 'nodes'))).toContainEqual(
      expect.objectContaining({ NAME: 'node-a', STATUS: 'Ready,SchedulingDisabled' }),
    );
    expect(await out('uncordon', 'node-a')).toBe('node/node-a uncordoned\n');
    await out('scale', 'deployment/checkout', '--replicas=2');
    await out('wait', '--for=jsonpath={.status.replicas}=2', 'deployment/checkout', '--timeout=10s');
    const where = 'jsonpath={.items[0].spec.nodeName}';
    const node = await out('get', 'pods', '-l', 'app=checkout', '-o', where);
    const drain = ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data'];
    const blocked = await run(...drain, '--timeout=1s');
    expect(blocked.code).toBe(1);
    expect(blocked.stderr).toMatch(
      /error when evicting pods\/"checkout-\S+" -n "shop" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./,
    );
    await out('scale', 'deployment/checkout', '--replicas=6');
    await out('wait', '--for=jsonpath={.status.readyReplicas}=6', 'deployment/checkout', '--timeout=10s');
    const drained = await out(...drain, '--timeout=15s');
    expect(drained).toMatch(/pod\/checkout-\S+ evicted\n/);
    expect(drained).toContain(`node/${node} drained\n`);
  });

  test('create makes typed objects, which run', async (context) => {
    const { out } = await start(context, LIVE);
    const image = '--image=registry.example/shop/web:1';
    expect(await out('create', 'deployment', 'web', image, '--replicas=2')).toBe(
      'deployment.apps/web created\n',
    );
    await out('wait', '--for=condition=Available', 'deployment/web', '--timeout=10s');
    expect(await out('expose', 'deployment', 'web', '--port=80')).toBe('service/web exposed\n');
    expect(rows(await out('get', 'svc', 'web'))[0]?.['CLUSTER-IP']).toMatch(/^10\.96\./);
    const autoscaled = await out('autoscale', 'deployment', 'web', '--min=2', '--max=4', '--cpu-percent=60');
    expect(autoscaled).toBe('horizontalpodautoscaler.autoscaling/web autoscaled\n');
    expect(await out('create', 'configmap', 'calm', '--from-literal=a=b')).toBe('configmap/calm created\n');
  });

  test('delete removes pods, which come back, and a deployment, which does not', async (context) => {
    const kubectl = await start(context, LIVE);
    const { out, run } = kubectl;
    const from = minor >= 34 ? ' from shop namespace' : '';
    const [pod = ''] = await podNames(kubectl, 'orders');
    expect(await out('delete', pod)).toBe(`pod "${pod.replace('pod/', '')}" deleted${from}\n`);
    await out('wait', '--for=condition=Available', 'deployment/orders', '--timeout=10s');
    expect(await podNames(kubectl, 'orders')).not.toContain(pod);
    expect(await out('delete', 'deployment', 'orders')).toBe(`deployment.apps "orders" deleted${from}\n`);
    await out('wait', '--for=delete', 'pod', '-l', 'app=orders', '--timeout=10s');
    expect((await run('get', 'deployment', 'orders')).stderr).toContain('"orders" not found');
  });

  test('auth tells what an identity may do', async (context) => {
    const { as, out } = await start(context);
    expect(await out('auth', 'can-i', 'delete', 'deployments')).toBe('yes\n');
    expect(await as('pg-tls', 'auth', 'can-i', 'get', 'pods')).toMatchObject({ code: 0, stdout: 'yes\n' });
    expect(await as('pg-tls', 'auth', 'can-i', 'delete', 'pods')).toMatchObject({ code: 1, stdout: 'no\n' });
    const refused = await as('pg-tls', 'delete', 'deployment', 'checkout');
    expect(refused.stderr).toContain(
      'Error from server (Forbidden): deployments.apps "checkout" is forbidden: User "system:serviceaccount:firstmate:reader" cannot delete resource "deployments" in API group "apps" in the namespace "shop"',
    );
    expect(await out('auth', 'whoami')).toMatch(/^Username +playground-admin$/m);
  });

  test('apply and diff send a manifest, which the server validates', async (context) => {
    const { folder, out, run } = await start(context);
    const file = join(folder, 'settings.yaml');
    const manifest = (value: string, more = '') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: ${value}\n${more}`;
    await writeFile(file, manifest('calm', 'extra: true\n'));
    const refused = await run('apply', '-f', file);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('strict decoding error: unknown field "extra"');
    await writeFile(file, manifest('calm'));
    expect(await out('apply', '-f', file)).toBe('configmap/settings created\n');
    expect(await run('diff', '-f', file)).toMatchObject({ code: 0, stdout: '' });
    await writeFile(file, manifest('busy'));
    const diff = await run('diff', '-f', file);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/^- {2}mode: calm\n\+ {2}mode: busy$/m);
    expect(await out('apply', '--server-side', '--force-conflicts', '-f', file)).toBe(
      'configmap/settings serverside-applied\n',
    );
    expect(await out('get', 'cm', 'settings', '-o', 'jsonpath={.data.mode}')).toBe('busy');
    expect(await out('explain', 'deployment.spec')).toMatch(/^KIND: +Deployment$/m);
  });
}
