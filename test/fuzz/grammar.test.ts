import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import { isWrite, type Operation, REGISTRY } from '../../src/core/operation.ts';
import { connectPlayground } from '../kubernetes/fixture.ts';
import { about, within } from './asking.ts';
import { fuzz, tryLine } from './fuzz.ts';
import { fuzzedLine } from './lines.ts';
import { requestDifference } from './oracle.ts';
import { randomOf } from './random.ts';
import { ORIGIN, openRecordingApi, PREFIX, type Sent } from './recording-api.ts';

const SEED = 5;
const INPUTS = 20_000;
const OVER_HTTP = 1_500;

describe('guarantee 4: the grammar, fuzzed', () => {
  it(`accepts nothing among ${INPUTS} lines whose requests differ from its operation`, async () => {
    const { found, carriedOut, accepted, requests } = await fuzz({ runs: INPUTS, seed: SEED });
    expect(found).toEqual([]);
    // Or it would say nothing: enough got through, and every verb went all its way.
    expect(accepted).toBeGreaterThan(INPUTS / 4);
    expect(requests).toBeGreaterThan(accepted);
    expect(REGISTRY.map(({ verb }) => verb).filter((verb) => !carriedOut.has(verb))).toEqual([]);
  }, 300_000);

  it('sends the same over HTTP to a cluster that really judges and stores', async () => {
    const { playground, reader, rehearser } = await connectPlayground('bad-release');
    const before = playground.snapshot();
    let reached = 0;
    for (let input = 0; input < OVER_HTTP; input += 1) {
      // Lines of the same kind, but about what is there.
      const line = fuzzedLine(randomOf(SEED, input))
        .replaceAll(/\b(?:web|default)\b/g, 'shop')
        .replaceAll(/\b(?:api|a\.b-c|held|exec|log|proxy|apis)\b/g, 'checkout');
      const parsed = parseCommand(line);
      if (parsed.verdict === 'refuse') continue;
      const { operation } = parsed;
      const from = playground.requests.length;
      await (isWrite(operation) ? rehearser.rehearse(operation, about()) : reader.read(operation, within()));
      const sent = playground.requests.slice(from);
      reached += sent.filter(({ status }) => status < 300).length;
      const strange = requestDifference(operation, sent.map(asSent));
      expect({ line, strange }).toEqual({ line, strange: null });
    }
    expect(reached).toBeGreaterThan(100);
    expect(playground.snapshot()).toEqual(before);
  }, 120_000);

  it('makes the same line of the same seed', () => {
    const lines = (seed: number) =>
      Array.from({ length: 50 }, (_, input) => fuzzedLine(randomOf(seed, input)));
    expect(lines(1)).toEqual(lines(1));
    expect(lines(1)).not.toEqual(lines(2));
  });
});

const sent = (changes: Partial<Sent>): Sent => ({
  origin: `${ORIGIN}${PREFIX}`,
  method: 'GET',
  path: '/api/v1/namespaces/web/pods/web-0',
  headers: {},
  body: '',
  ...changes,
});
/** What the playground recorded, in the shape of the recording API: it has no prefix, and keeps what was a dry run. */
function asSent({ method, path, dryRun }: { method: string; path: string; dryRun: boolean }): Sent {
  const query = method === 'PATCH' && dryRun ? '?dryRun=All' : '';
  const bare = method === 'PATCH' ? path.split('?')[0] : path;
  const options = dryRun ? { dryRun: ['All'] } : {};
  const body = method === 'PATCH' ? '[]' : JSON.stringify({ ...options, deleteOptions: options });
  return sent({ method, path: `${bare}${query}`, body });
}

describe('what the fuzzer holds requests against', () => {
  const of = (line: string): Operation => {
    const parsed = parseCommand(line);
    if (parsed.verdict === 'refuse') throw new Error(parsed.reason);
    return parsed.operation;
  };
  const GET = 'kubectl get pod web-0 -n web';
  const SCALE = 'kubectl scale deployment/web --replicas=4 -n web';
  const DEPLOYMENT = '/apis/apps/v1/namespaces/web/deployments/web';
  const patch = (path: string) => JSON.stringify([{ op: 'replace', path, value: 4 }]);

  it.each<[string, string, Partial<Sent>]>([
    ['no other host', GET, { origin: 'https://evil.example' }],
    ['no other host', GET, { origin: ORIGIN }],
    ['a plain path', GET, { path: '/api/v1/namespaces/web/pods/../secrets/db' }],
    ['a plain path', GET, { path: '/api/v1/namespaces/web/pods/web%2f0' }],
    ['a plain path', GET, { path: '//api/v1/namespaces/web/pods/web-0' }],
    ['a known query', GET, { path: '/api/v1/namespaces/web/pods/web-0?watch=true' }],
    [
      'a known query',
      SCALE,
      { method: 'PATCH', path: `${DEPLOYMENT}?dryRun=All&dryRun=`, body: patch('/spec/replicas') },
    ],
    ['no other header', GET, { headers: { 'impersonate-user': 'admin' } }],
    ['a request of the registry', GET, { path: '/api/v1/namespaces/web/pods/web-1' }],
    ['a request of the registry', GET, { path: '/api/v1/namespaces/shop/pods/web-0' }],
    ['a request of the registry', GET, { path: '/api/v1/namespaces/web/pods/web-0/log' }],
    ['a request of the registry', GET, { method: 'DELETE', body: '{"dryRun":["All"]}' }],
    ['nothing is written', SCALE, { method: 'PATCH', path: DEPLOYMENT, body: patch('/spec/replicas') }],
    ['nothing is written', 'kubectl delete pod web-0 -n web', { method: 'DELETE', body: '{}' }],
    [
      'no Secret, no token, no right',
      'kubectl get widgets -n web',
      { path: '/apis/example.com/v1/namespaces/web/externalsecrets?limit=5' },
    ],
    [
      'no Secret, no token, no right',
      'kubectl get widgets',
      { path: '/apis/rbac.authorization.k8s.io/v1/anything?limit=5' },
    ],
    ['every read is bounded', 'kubectl get pods -n web', { path: '/api/v1/namespaces/web/pods' }],
    [
      'every read is bounded',
      'kubectl logs web-0 -n web',
      { path: '/api/v1/namespaces/web/pods/web-0/log?tailLines=5' },
    ],
    [
      'only what the verb changes',
      SCALE,
      { method: 'PATCH', path: `${DEPLOYMENT}?dryRun=All`, body: patch('/spec/template') },
    ],
  ])('says %s', (rule, line, changes) => {
    expect(requestDifference(of(line), [sent(changes)])).toMatchObject({ rule });
  });

  it('has nothing against what such operations send', async () => {
    const api = openRecordingApi();
    for (const line of [
      GET,
      SCALE,
      'kubectl logs deploy/web -n web',
      'kubectl drain n1 --ignore-daemonsets',
    ]) {
      expect(await tryLine(api, line, 'plausible')).toEqual({ done: of(line).verb, difference: null });
      expect(api.sent().length).toBeGreaterThan(0);
    }
  });
});
