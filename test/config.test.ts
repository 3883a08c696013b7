import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadSettings } from '../src/config.ts';

it("gives each cluster its Alertmanager's address, null where the file names none", () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstmate-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'firstmate.yaml');
  writeFileSync(
    file,
    `clusters:
  - { name: prod, in_cluster: true, alertmanager_url: "http://alertmanager.monitoring:9093" }
  - { name: staging, in_cluster: true }
`,
  );
  const { clusters } = loadSettings({ FIRSTMATE_CONFIG: file }, { secrets: false });
  expect(clusters.map(({ name, alertmanagerUrl }) => [name, alertmanagerUrl])).toEqual([
    ['prod', 'http://alertmanager.monitoring:9093'],
    ['staging', null],
  ]);
  const alone = loadSettings({ KUBECONFIG: file }, { secrets: false });
  expect(alone.clusters).toMatchObject([{ name: 'default', alertmanagerUrl: null }]);
});
