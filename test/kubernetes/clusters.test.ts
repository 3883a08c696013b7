import { describe, expect, it } from 'vitest';
import { POD } from '../../src/core/kinds.ts';
import { about, connect, getting, kubeconfigFor, sendJson, startApi, within } from './fixture.ts';

const PODS = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] };
const READ = getting(POD, { output: 'name' });
const DELETE = { verb: 'delete pod', name: 'checkout-1', namespace: 'shop' } as const;

async function everythingFails(connected: Awaited<ReturnType<typeof connect>>): Promise<string> {
  const read = await connected.reader.read(READ, within());
  const rehearsed = await connected.rehearser.rehearse(DELETE, about());
  expect(read.status).toBe('failed');
  expect(rehearsed.status).toBe('failed');
  const says = read.status === 'failed' ? read.says : '';
  expect(connected.faults).toContain(says);
  return says;
}

describe('connecting clusters', () => {
  it('tells of a kubeconfig that is not there, without throwing', async () => {
    const connected = await connect('{}', { settings: { access: { kubeconfig: '/nowhere/config' } } });
    expect(await everythingFails(connected)).toBe(
      'Cluster prod: the kubeconfig /nowhere/config cannot be read (ENOENT).',
    );
  });

  it('tells of a kubeconfig that is none, and quotes nothing of it', async () => {
    const says = await everythingFails(await connect('users: [{name: a, user: {token: hush-hush'));
    expect(says).toContain('is not a kubeconfig');
    expect(says).not.toContain('hush');
  });

  it('names the contexts that there are', async () => {
    const connected = await connect(kubeconfigFor('http://127.0.0.1:1'), {
      settings: { context: 'staging' },
    });
    expect(await everythingFails(connected)).toBe(
      'Cluster prod: the kubeconfig has no context staging; it has prod.',
    );
  });

  it.each([
    [
      'exec plugin',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: ['/tmp/ran'] } },
    ],
    ['gcp provider', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'touch' } } }],
  ])('runs no %s unless the operator says so', async (_, user) => {
    const connected = await connect(kubeconfigFor('http://127.0.0.1:1', user));
    expect(await everythingFails(connected)).toContain(
      'Set allow_exec_auth for this cluster in firstmate.yaml',
    );
  });

  it('runs the plugin when the operator says so', async () => {
    const api = await startApi((_, response) => sendJson(response, 200, PODS));
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'minted' },
    };
    const user = {
      exec: { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] },
    };
    const { reader } = await connect(kubeconfigFor(api.url, user), { settings: { allowExecAuth: true } });
    expect(await reader.read(READ, within())).toMatchObject({ status: 'ok' });
    expect(api.requests[0]?.headers.authorization).toBe('Bearer minted');
  });

  it('keeps reading when only the writing identity is missing', async () => {
    const api = await startApi((_, response) => sendJson(response, 200, PODS));
    const connected = await connect(kubeconfigFor(api.url), { settings: { writeContext: 'writer' } });
    expect(await connected.reader.read(READ, within())).toMatchObject({ status: 'ok' });
    expect(await connected.rehearser.rehearse(DELETE, about())).toMatchObject({ status: 'failed' });
    expect(connected.faults).toEqual(['Cluster prod: the kubeconfig has no context writer; it has prod.']);
  });

  it('reads below a path, as behind a proxy that serves several clusters', async () => {
    const api = await startApi((_, response) => sendJson(response, 200, PODS));
    const { reader } = await connect(kubeconfigFor(`${api.url}/k8s/clusters/c-1/`));
    expect(await reader.read(READ, within())).toMatchObject({ status: 'ok' });
    expect(api.requests[0]?.url).toMatch(/^\/k8s\/clusters\/c-1\/api\/v1\/namespaces\/shop\/pods\?/);
  });

  it('keeps its connections for many reads', async () => {
    const api = await startApi((_, response) => sendJson(response, 200, PODS));
    const { reader } = await connect(kubeconfigFor(api.url));
    for (let turn = 0; turn < 5; turn += 1) await reader.read(READ, within());
    expect(api.requests).toHaveLength(5);
    expect(api.connections()).toBeLessThan(3);
  });
});
