import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../src/playground/kubernetes/scenarios/all.ts';
import type { RightAct } from '../../src/playground/kubernetes/scenarios/scenario.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const LIMIT_MS = 180_000;

/** What the last line says, by the kind of act that ended it. */
const SAYS: Readonly<Record<RightAct, RegExp>> = {
  rollback: /^rolled back by firstmate, approved by \w+$/,
  restart: /^restarted by firstmate, approved by \w+$/,
  scale: /^scaled by firstmate, approved by \w+$/,
  delete_pod: /^deleted a pod by firstmate, approved by \w+$/,
  by_hand: /^healed by hand: /,
  nothing: /^nothing was wrong any more$/,
};

/**
 * How each scenario ends today. Where a person does by hand what firstmate could have proposed, the scenario's own
 * `expected` is another one, and GAPS says why.
 */
const ENDS: Readonly<Record<string, RightAct>> = {
  'bad-release': 'rollback',
  'bad-image': 'rollback',
  'crash-after-release': 'rollback',
  'readiness-probe': 'by_hand',
  'failing-migration': 'rollback',
  'missing-config': 'rollback',
  'out-of-memory': 'by_hand',
  'wedged-pod': 'by_hand',
  'quota-exceeded': 'by_hand',
  'hpa-maxed': 'by_hand',
  'pvc-unbound': 'by_hand',
  'pvc-full': 'by_hand',
  'job-failed': 'by_hand',
  'node-not-ready': 'by_hand',
  'cni-failure': 'by_hand',
  'coredns-down': 'by_hand',
  'api-latency': 'by_hand',
  'certificate-expiring': 'by_hand',
  'etcd-quorum-lost': 'by_hand',
  'recovered-rollout': 'nothing',
  'node-flap': 'nothing',
};

/** Scenarios with an act that firstmate knows, which it does not propose yet. */
const GAPS: Readonly<Record<string, string>> = {
  'readiness-probe': 'KubePodNotReady comes first, and its runbook has no hypothesis for a stuck rollout',
  'wedged-pod': 'the runbook of KubePodNotReady has no hypothesis for one hanging pod',
  'quota-exceeded': 'no runbook has a hypothesis for a quota that refuses pods',
  'node-not-ready': 'no runbook takes KubeNodeNotReady, and no policy covers a bare pod of default',
  'cni-failure': 'no runbook rolls a DaemonSet back',
  'api-latency': 'no runbook takes KubeAPIErrorBudgetBurn',
};

/** Which of two alerts comes first decides which runbook is taken, and both orders are real. */
const OR_ELSE: Readonly<Record<string, readonly RightAct[]>> = { 'readiness-probe': ['rollback'] };

async function headless(scenario: string): Promise<{ code: number | null; last: string; err: string }> {
  const demo = spawn(process.execPath, [MAIN, 'demo', '--headless', '--scenario', scenario], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  demo.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  demo.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const [code] = await once(demo, 'close');
  return { code, last: out.trimEnd().split('\n').at(-1) ?? '', err };
}

describe('the scenarios, headless', () => {
  it('have an ending here, and a reason where it is not the one expected', () => {
    expect(Object.keys(ENDS).toSorted()).toEqual(SCENARIOS.map(({ name }) => name).toSorted());
    const others = SCENARIOS.filter(({ name, expected }) => ENDS[name] !== expected);
    expect(Object.keys(GAPS).toSorted()).toEqual(others.map(({ name }) => name).toSorted());
  });

  describe.concurrent('one by one', { timeout: LIMIT_MS }, () => {
    it.each(SCENARIOS)('$name ends as it says', async ({ name }) => {
      const { code, last, err } = await headless(name);
      expect(code, err).toBe(0);
      expect(last).toMatch(new RegExp(`^${name}: `));
      const ways = [ENDS[name] ?? 'by_hand', ...(OR_ELSE[name] ?? [])];
      expect(
        ways.some((way) => SAYS[way].test(last.slice(name.length + 2))),
        last,
      ).toBe(true);
    });
  });
});
