import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { matchRunbooks } from '../../src/core/match-runbooks.ts';
import { loadCatalog } from '../../src/documents/catalog.ts';
import { parseConfigFile } from '../../src/documents/config-file.ts';

const ROOT = join(import.meta.dirname, '../..');
const folders = {
  runbooks: join(ROOT, 'runbooks'),
  policies: join(ROOT, 'policies'),
  services: join(ROOT, 'services'),
};

describe('what is shipped', () => {
  it('holds without a fault', async () => {
    const catalog = await loadCatalog(folders);
    expect(catalog.faults.map(faultLine)).toEqual([]);
    expect(catalog.brokenPolicies).toEqual([]);
    expect(catalog.runbooks.length).toBeGreaterThanOrEqual(5);
  });

  it.each([
    ['KubePodCrashLooping', 'pod-crash-looping', { pod: 'checkout-6d5f8c7b9f-x2x4z', container: 'checkout' }],
    // A name that nobody generated: whose pod it is stays open, the runbook looks all the same.
    ['KubePodCrashLooping', 'pod-crash-looping', { pod: 'api-7c9-a', container: 'api' }],
    ['KubeDeploymentRolloutStuck', 'deployment-rollout-stuck', { deployment: 'checkout' }],
    ['KubeDeploymentReplicasMismatch', 'deployment-rollout-stuck', { deployment: 'checkout' }],
    ['KubeContainerWaiting', 'container-waiting', { pod: 'checkout-6d5f8c7b9f-x2x4z', container: 'x' }],
    ['KubePodNotReady', 'pod-not-ready', { pod: 'checkout-6d5f8c7b9f-x2x4z' }],
    ['SomethingElse', 'general-triage', {}],
  ])('takes %s with %s', async (alertname, name, more) => {
    const { runbooks } = await loadCatalog(folders);
    const labels = { alertname, namespace: 'shop', severity: 'warning', ...more };
    const [best] = matchRunbooks({ labels, annotations: {} }, runbooks);
    expect(best?.runbook.name).toBe(name);
  });

  it('the example configuration holds without a fault', () => {
    const text = readFileSync(join(ROOT, 'firstmate.example.yaml'), 'utf8');
    const { config, faults } = parseConfigFile(text, 'firstmate.example.yaml');
    expect(faults.map(faultLine)).toEqual([]);
    expect(config?.teams.map(({ name }) => name)).toContain('checkout-oncall');
  });

  it('every schema says what it is and its own examples hold', () => {
    const names = readdirSync(join(ROOT, 'schemas'));
    expect(names.length).toBe(5);
    for (const name of names) {
      const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', name), 'utf8'));
      const validate = new Ajv2020({ strict: false }).compile(schema);
      expect(schema.title, name).toBeTruthy();
      expect(schema.description, name).toBeTruthy();
      expect(schema.examples.length, name).toBeGreaterThan(0);
      for (const example of schema.examples)
        expect([name, validate(example), validate.errors]).toEqual([name, true, null]);
    }
  });
});
