import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { sha256 } from '../../src/core/json.ts';
import { parsePolicy } from '../../src/documents/policy.ts';
import { parseRunbook } from '../../src/documents/runbook.ts';

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, '../fixtures/documents/seed', name), 'utf8');

describe('the shapes that come from the field load as they are written', () => {
  it('the change policy', () => {
    const text = read('policy-orders.yaml');
    const { documents, broken, faults } = parsePolicy(text, 'orders.yaml');
    expect(broken).toEqual([]);
    expect(documents).toEqual([
      {
        service: 'orders',
        file: 'orders.yaml',
        hash: sha256(text),
        allowedActions: [
          {
            type: 'rollback',
            requireApproval: true,
            approvers: ['orders-oncall'],
            maxVersionsBack: 1,
            minReplicas: null,
            maxReplicas: null,
          },
          {
            type: 'scale',
            requireApproval: false,
            approvers: [],
            maxVersionsBack: null,
            minReplicas: 3,
            maxReplicas: 50,
          },
        ],
        safetyChecks: [
          {
            name: 'must_not_reduce_availability_below',
            settings: { slo: 'orders-availability', threshold: 99 },
          },
        ],
        incidentTag: 'ai-initiated-change',
      },
    ]);
    expect(faults.map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('the long runbook, without a fault', () => {
    const { documents, faults } = parseRunbook(read('runbook-deployment-rollout-stuck.yaml'), 'stuck.yaml');
    expect(faults).toEqual([]);
    const [runbook] = documents;
    expect(runbook?.match).toEqual([
      [{ label: 'alertname', op: '=', value: 'KubeDeploymentRolloutStuck' }],
      [
        { label: 'alertname', op: '=', value: 'KubeDeploymentReplicasMismatch' },
        { label: 'severity', op: '=~', value: 'warning|critical' },
      ],
    ]);
    expect(runbook?.inputs).toEqual({
      namespace: { from: 'labels.namespace', type: 'namespace', optional: false },
      deployment: { from: 'labels.deployment', type: 'name', optional: false },
    });
    expect(runbook?.diagnose.map(({ id }) => id)).toEqual(['rollout', 'pods', 'previous']);
    expect(runbook?.hypotheses[0]).toMatchObject({
      id: 'bad-release',
      confidence: 'high',
      propose: ['undo'],
    });
    expect(runbook?.actions[0]).toMatchObject({
      type: 'rollback',
      validate: { withinMs: 180_000, check: null },
      rollback: 'previous',
      approvals: [{ group: 'sre-leads' }],
    });
  });

  it('the short runbook: reads become steps, what cannot run is kept as text and told', () => {
    const { documents, faults } = parseRunbook(read('runbook-api-latency.yaml'), 'api.yaml');
    const [runbook] = documents;
    expect(runbook).toMatchObject({ name: 'api-latency', byName: true, actions: [] });
    expect(runbook?.preconditions).toEqual(['apiserver_request_duration_seconds_p99 > 1.5']);
    expect(runbook?.diagnose).toEqual([
      {
        id: 'step1',
        run: 'kubectl get --raw=/readyz',
        check: 'output.contains("ok")',
        when: null,
        timeoutMs: 10_000,
      },
      {
        id: 'step2',
        run: 'kubectl get pods -n kube-system -o wide',
        check: 'step2.items.all(p, !has(p.restarts) || p.restarts <= 3)',
        when: null,
        timeoutMs: 10_000,
      },
    ]);
    expect(runbook?.texts).toContain('kubectl delete pod');
    const lines = faults.map(faultLine);
    expect(lines.every((line) => line.includes(': warning: '))).toBe(true);
    expect(lines.some((line) => line.startsWith('api.yaml:10:10: warning: shown to people as text'))).toBe(
      true,
    );
  });
});
