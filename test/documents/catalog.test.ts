import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { loadCatalog } from '../../src/documents/catalog.ts';
import { parseService } from '../../src/documents/service.ts';
import { memoryFiles } from './memory-files.ts';

const FOLDERS = { runbooks: 'runbooks', policies: 'policies', services: 'services' };
const runbook = (name: string, more = '') => `apiVersion: firstmate.dev/v1
kind: Runbook
name: ${name}
title: A title
owner: sre
match: ['alertname="X"']
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
${more}`;
const policy = (service: string, more = '') =>
  `service: ${service}\nallowed_actions:\n  - { type: restart, approvers: [{ team: sre }] }\n${more}`;
const service = (name: string) =>
  `name: ${name}\nowner: sre\nslo: { latency_p95_ms: 300 }\nincident: { channel: ${name}, runbook: https://wiki/x }\n`;
const load = (files: { [path: string]: string | null }) =>
  loadCatalog(FOLDERS, { files: memoryFiles(files) });

describe('loading the documents', () => {
  it('sets a runbook that does not hold aside and keeps the others, also of the same file', async () => {
    const { runbooks, faults } = await load({
      'runbooks/a.yaml': `${runbook('one')}---\n${runbook('two', 'colour: red\n')}---\n${runbook('three')}`,
      'runbooks/deep/b.yml': runbook('four'),
    });
    expect(runbooks.map(({ name }) => name)).toEqual(['one', 'three', 'four']);
    const errors = faults.filter(({ severity }) => severity === 'error').map(faultLine);
    expect(errors).toEqual([expect.stringMatching(/^runbooks\/a\.yaml:18:1: error: unknown key "colour"/)]);
  });

  it('keeps the first of two runbooks of one name and says where it is', async () => {
    const { runbooks, faults } = await load({
      'runbooks/a.yaml': runbook('one'),
      'runbooks/b.yaml': runbook('one'),
    });
    expect(runbooks.map(({ file }) => file)).toEqual(['runbooks/a.yaml']);
    expect(faults.map(faultLine)).toContain(
      'runbooks/b.yaml:3:7: error: there is already a runbook "one", in runbooks/a.yaml:3',
    );
  });

  it('makes a policy that does not hold deny for its service, and names the fault', async () => {
    const { policies, brokenPolicies } = await load({
      'policies/a.yaml': `${policy('orders', 'colour: red\n')}---\n${policy('checkout')}`,
    });
    expect(policies.map((one) => one.service)).toEqual(['checkout']);
    expect(brokenPolicies).toEqual([
      {
        service: 'orders',
        file: 'policies/a.yaml',
        says: expect.stringMatching(/^policies\/a\.yaml:4:1: unknown key "colour"/),
      },
    ]);
  });

  it.each([
    ['broken YAML and one service', 'service: orders\nallowed_actions: [', 'orders'],
    ['broken YAML and two services', 'service: orders\n---\nservice: checkout\nallowed_actions: [', null],
    ['broken YAML and no service', 'allowed_actions: [', null],
    ['a service that is no text', 'service: [orders]\nallowed_actions: []', null],
  ])('a policy file with %s denies for whom it names, else for all', async (_what, text, denied) => {
    const { brokenPolicies } = await load({ 'policies/a.yaml': text });
    expect(brokenPolicies.map((one) => one.service)).toContain(denied);
  });

  it('denies for everybody when a policy file cannot be read', async () => {
    const { brokenPolicies } = await load({ 'policies/a.yaml': null });
    expect(brokenPolicies).toEqual([
      { service: null, file: 'policies/a.yaml', says: 'policies/a.yaml cannot be read' },
    ]);
  });

  it('two policies for one service deny, since nobody can say which is meant', async () => {
    const { brokenPolicies } = await load({
      'policies/a.yaml': policy('orders'),
      'policies/b.yaml': policy('orders'),
    });
    expect(brokenPolicies).toEqual([
      {
        service: 'orders',
        file: 'policies/b.yaml',
        says: 'policies/b.yaml:1:10: a second policy for orders',
      },
    ]);
  });

  it('tells names that name nothing', async () => {
    const { faults } = await load({
      'runbooks/a.yaml': runbook('one'),
      'services/a.yaml': service('orders').replace('https://wiki/x', 'onee'),
      'policies/a.yaml': policy('order'),
    });
    const lines = faults.map(faultLine);
    expect(lines).toContain(
      'services/a.yaml:1:7: warning: the runbook "onee" of orders is not among those loaded, did you mean "one"?',
    );
    expect(lines).toContain(
      'policies/a.yaml:1:10: warning: this policy applies to nothing: no service is called "order", did you mean "orders"?',
    );
  });

  it('reads several folders, and says when one is not there', async () => {
    const { runbooks, faults } = await loadCatalog(
      { ...FOLDERS, runbooks: ['ours', 'theirs', 'nowhere'] },
      { files: memoryFiles({ 'ours/a.yaml': runbook('one'), 'theirs/a.yaml': runbook('two') }) },
    );
    expect(runbooks.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(faults.map(faultLine)).toContain('nowhere:1:1: warning: there is no such folder');
  });

  it('says when there is no runbook for what nobody expects', async () => {
    const { faults } = await load({ 'runbooks/a.yaml': runbook('one') });
    expect(faults.map(faultLine)).toContain(
      'runbooks:1:1: warning: there is no general-triage: an alert that no runbook takes is not looked into',
    );
  });

  it('gives a step that does not say how long it may take the time that is configured', async () => {
    const text = runbook('one').replace(
      'shop" }',
      'shop" }\n  - { id: nodes, run: kubectl get nodes, timeout: 3s }',
    );
    const { runbooks } = await loadCatalog(FOLDERS, {
      files: memoryFiles({ 'runbooks/a.yaml': text }),
      stepTimeoutMs: 7000,
    });
    expect(runbooks[0]?.diagnose.map(({ timeoutMs }) => timeoutMs)).toEqual([7000, 3000]);
  });

  it('reads a mounted ConfigMap once: links beside a hidden folder of versions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'documents-'));
    try {
      mkdirSync(join(folder, '..2026_01_01'));
      writeFileSync(join(folder, '..2026_01_01', 'a.yaml'), runbook('general-triage'));
      symlinkSync('..2026_01_01', join(folder, '..data'));
      symlinkSync(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
      const { runbooks, faults } = await loadCatalog({ runbooks: folder, policies: [], services: [] });
      expect(runbooks.map(({ name }) => name)).toEqual(['general-triage']);
      expect(faults).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives a service without the # of its channel, and leaves out a severity condition it cannot read', () => {
    const { documents, faults } = parseService(
      `name: orders
owner: sre
slo: { latency_p95_ms: 300 }
incident:
  channel: "#orders"
  runbook: https://wiki/x
  severity_mapping:
    - { condition: "labels.severity == 'critical'", severity: SEV1 }
    - { condition: 'severity="warning"', severity: SEV3 }
    - { condition: "the budget is gone", severity: SEV1 }
`,
      'a.yaml',
    );
    expect(documents[0]).toMatchObject({
      channel: 'orders',
      severityMapping: [
        { condition: "labels.severity == 'critical'", severity: 'SEV1' },
        { condition: 'severity="warning"', severity: 'SEV3' },
      ],
    });
    expect(faults.map(faultLine)).toEqual([expect.stringMatching(/^a\.yaml:10:20: warning: left out/)]);
  });
});
