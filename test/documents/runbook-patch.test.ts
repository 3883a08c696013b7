import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { fillCommand } from '../../src/core/command/fill.ts';
import { parseArgv } from '../../src/core/command/parse.ts';
import { parseRunbook } from '../../src/documents/runbook.ts';

const runbook = (run: string, patch: string, type = 'patch'): string => `apiVersion: firstmate.dev/v1
kind: Runbook
name: autoscaler-at-its-limit
title: An autoscaler is at its limit
owner: sre
match: [alertname="KubeHpaMaxedOut"]
inputs:
  namespace: { from: labels.namespace, type: namespace }
  hpa: { from: labels.horizontalpodautoscaler, type: name }
  most: { from: annotations.most, type: integer }
diagnose:
  - { id: pods, run: "kubectl get pods -n {{ namespace }}" }
actions:
  - id: more
    type: ${type}
    run: "${run}"
    patch: ${patch}
    approvals: [{ group: sre }]
`;
const RUN = 'kubectl patch hpa/{{ hpa }} -n {{ namespace }} --type=merge';
const read = (text: string) => {
  const { documents, faults } = parseRunbook(text, 'more.yaml');
  return { action: documents[0]?.actions[0], faults: faults.map(faultLine) };
};

describe("a runbook's own patch", () => {
  it('is an object of the document, with values of the incident in it', () => {
    const { action, faults } = read(runbook(RUN, '{ spec: { maxReplicas: "{{ most }}", minReplicas: 2 } }'));
    expect(faults).toEqual([]);
    const filled = fillCommand(action?.run ?? '', {
      namespace: { type: 'namespace', value: 'shop' },
      hpa: { type: 'name', value: 'catalog' },
      most: { type: 'integer', value: '12' },
    });
    expect('argv' in filled ? parseArgv(filled.argv) : filled).toMatchObject({
      verdict: 'mutate',
      operation: {
        verb: 'patch',
        name: 'catalog',
        changes: [
          { path: '/spec/maxReplicas', value: 12 },
          { path: '/spec/minReplicas', value: 2 },
        ],
      },
    });
  });

  it.each([
    ['a field that is on no list', RUN, '{ spec: { scaleTargetRef: { name: x } } }', 'a patch may not touch'],
    ['an input that there is not', RUN, '{ spec: { maxReplicas: "{{ mots }}" } }', 'names no input'],
    ['a value of another type', RUN, '{ spec: { maxReplicas: "{{ hpa }}" } }', 'must be a whole number'],
    ['a line with a patch already', `${RUN} -p {}`, '{ spec: { maxReplicas: 3 } }', '--patch is given twice'],
    [
      'another verb',
      'kubectl rollout restart deploy/web -n shop',
      '{ a: 1 }',
      'belongs to a "kubectl patch" line',
    ],
    ['a text', RUN, 'a text', 'must be'],
  ])('does not hold with %s, and says so at its place', (_, run, patch, says) => {
    const { faults } = read(runbook(run, patch));
    expect(faults.join('\n')).toContain(says);
    expect(faults.join('\n')).toMatch(/more\.yaml:1[78]:/);
  });

  it('is a scale where it sets replicas, whatever the line is called', () => {
    const scale = 'kubectl patch deployment/web -n {{ namespace }}';
    expect(read(runbook(scale, '{ spec: { replicas: 3 } }')).faults.join()).toContain('is a scale');
    expect(read(runbook(scale, '{ spec: { replicas: 3 } }', 'scale')).faults).toEqual([]);
  });
});
