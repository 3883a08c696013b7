import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, evaluate } from '../../src/core/conditions.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import { loadCatalog } from '../../src/documents/catalog.ts';

let runbooks: readonly Runbook[] = [];
beforeAll(async () => {
  const folder = join(import.meta.dirname, '../../runbooks');
  ({ runbooks } = await loadCatalog({ runbooks: folder, policies: [], services: [] }));
});

/** What the runbook proposes, and which hypotheses hold, when its steps saw this. */
function concluded(name: string, scope: JsonObject) {
  const runbook = runbooks.find((candidate) => candidate.name === name);
  if (runbook === undefined) throw new Error(`no runbook ${name}`);
  const variables = [
    ...runbook.diagnose.map(({ id }) => id),
    ...Object.keys(runbook.inputs),
    'findings',
    'alert',
  ];
  const holding = runbook.hypotheses.filter(({ when }) => {
    const condition = compile(when, variables);
    return condition.ok && evaluate(condition.compiled, scope).holds === true;
  });
  return holding.map(({ id, propose }) => [id, ...propose].join(' '));
}

const finding = (kind: string, name = 'checkout') => ({
  kind,
  object: { kind: 'Deployment', name, namespace: 'shop' },
});
const history = { revisions: [{ revision: 1 }, { revision: 2 }] };
const rolling = { done: false, stuck: true, revision: 2, ageSeconds: 300, image: 'shop/checkout:2' };
const rolledOut = { ...rolling, done: true, stuck: false };
const inputs = {
  namespace: 'shop',
  pod: 'checkout-5494fb79dc-qp76n',
  workload: 'checkout',
  deployment: 'checkout',
};
const alert = { labels: { namespace: 'shop' }, annotations: {} };
const BASE = { ...inputs, alert, history };

const BY_RELEASE = ['deployment-rollout-stuck', 'pod-crash-looping', 'pod-not-ready'];

describe('what the shipped runbooks conclude', () => {
  it.each(BY_RELEASE)('%s: a release that crashes is rolled back', (name) => {
    const scope = {
      ...BASE,
      rollout: rolling,
      findings: [finding('container.crash_loop'), finding('rollout.stuck')],
    };
    expect(concluded(name, scope)).toEqual(['bad-release undo']);
  });

  it.each(BY_RELEASE)('%s: another workload that crashes in the namespace is not its business', (name) => {
    const scope = { ...BASE, rollout: rolledOut, findings: [finding('container.crash_loop', 'orders')] };
    expect(concluded(name, scope)).toEqual(['healthy-again']);
  });

  it.each([...BY_RELEASE, 'general-triage'])(
    '%s: memory is told, and nothing is rolled back for it',
    (name) => {
      const findings = [finding('container.oom_killed'), finding('container.crash_loop')];
      expect(concluded(name, { ...BASE, rollout: rolling, findings })).toEqual(['out-of-memory']);
    },
  );

  it.each(['deployment-rollout-stuck', 'container-waiting', 'pod-not-ready'])(
    '%s: an image that cannot be pulled is rolled back',
    (name) => {
      const scope = { ...BASE, rollout: rolling, findings: [finding('container.image_pull')] };
      expect(concluded(name, scope)).toEqual(['image-missing undo']);
    },
  );

  it.each(['deployment-rollout-stuck', 'pod-crash-looping', 'container-waiting', 'pod-not-ready'])(
    '%s: what is healthy again is left alone',
    (name) => {
      expect(concluded(name, { ...BASE, rollout: rolledOut, findings: [] })).toEqual(['healthy-again']);
    },
  );

  it.each(['deployment-rollout-stuck', 'pod-not-ready', 'container-waiting'])(
    '%s: with no revision to go back to, no rollback is proposed',
    (name) => {
      const findings = [finding('container.image_pull'), finding('container.crash_loop')];
      const scope = { ...BASE, history: { revisions: [{ revision: 1 }] }, rollout: rolling, findings };
      expect(concluded(name, scope).filter((line) => line.endsWith('undo'))).toEqual([]);
    },
  );

  it('a crash long after the last release is not blamed on it', () => {
    const scope = {
      ...BASE,
      rollout: { ...rolling, ageSeconds: 200_000 },
      findings: [finding('container.crash_loop')],
    };
    expect(concluded('pod-crash-looping', scope)).toEqual(['crashing-for-long']);
  });

  it('nothing is concluded from a rollout that could not be read', () => {
    expect(concluded('deployment-rollout-stuck', { ...BASE, findings: [] })).toEqual([]);
  });
});
