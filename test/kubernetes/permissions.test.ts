import { expect, it } from 'vitest';
import type { Access } from '../../src/core/rbac.ts';
import { DEFAULT_LIMITS } from '../../src/core/settings.ts';
import { permissions } from '../../src/kubernetes/permissions.ts';
import { AT } from '../make.ts';
import { connect, connectPlayground, kubeconfigFor, startApi } from './fixture.ts';

const because = ['a runbook'];
const ACCESS: Access = {
  reading: [
    { group: '', resource: 'pods', verbs: ['get', 'list'], because },
    { group: '', resource: 'pods/log', verbs: ['get'], because },
    { group: 'apps', resource: 'deployments', verbs: ['list'], because },
  ],
  readingPaths: [{ path: '/readyz', because }],
  writing: [
    { group: 'apps', resource: 'deployments', verbs: ['patch'], because },
    { group: '', resource: 'pods', verbs: ['delete'], because },
  ],
  leftOut: [],
};
const asking = {
  limits: DEFAULT_LIMITS,
  onRefused: () => undefined,
  signal: new AbortController().signal,
  now: () => new Date(AT),
};

it('tells what both identities may do, and changes nothing', async () => {
  const { settings, playground } = await connectPlayground();
  const before = playground.snapshot();
  const report = await permissions(settings, ACCESS, asking);
  if (report.status !== 'ok') throw new Error(report.says);
  expect(report.permissions.filter((one) => one.allowed !== one.wanted)).toEqual([]);
  expect(report.permissions).toContainEqual({
    identity: 'writing',
    verb: 'patch',
    resource: 'deployments.apps',
    allowed: true,
    wanted: true,
  });
  expect(report.permissions).toContainEqual({
    identity: 'reading',
    verb: 'get',
    resource: '/readyz',
    allowed: true,
    wanted: true,
  });
  expect(report.permissions).toContainEqual({
    identity: 'reading',
    verb: 'list',
    resource: 'secrets',
    allowed: false,
    wanted: false,
  });
  expect(playground.snapshot()).toEqual(before);
});

it('tells what is missing', async () => {
  const { settings } = await connectPlayground();
  const report = await permissions({ ...settings, writeContext: null }, ACCESS, asking);
  const missing =
    report.status === 'ok' ? report.permissions.filter((one) => one.allowed !== one.wanted) : [];
  expect(missing.map((one) => `${one.identity} ${one.verb} ${one.resource}`)).toEqual([
    'writing patch deployments.apps',
    'writing delete pods',
  ]);
});

it('says that a cluster could not be asked', async () => {
  const api = await startApi((request) => request.socket.destroy());
  const { settings } = await connect(kubeconfigFor(api.url));
  expect(await permissions(settings, ACCESS, asking)).toMatchObject({
    status: 'failed',
    says: expect.stringContaining('Cluster prod: it could not be asked'),
  });
});
