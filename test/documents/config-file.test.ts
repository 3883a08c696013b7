import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { parseConfigFile } from '../../src/documents/config-file.ts';

describe('firstmate.yaml', () => {
  it('may be empty: then everything is the default', () => {
    for (const text of ['', '---\n', '# nothing\n', '{}'])
      expect(parseConfigFile(text, 'f.yaml')).toMatchObject({
        config: { sources: [], clusters: [], teams: [], openWhen: null, folders: { runbooks: null } },
        faults: [],
      });
  });

  it('is read with its units and lists', () => {
    const { config, faults } = parseConfigFile(
      `sources:
  - { name: prod, kind: alertmanager, cluster: prod, secret_env: SECRET }
  - { name: all, kind: alertmanager, cluster_label: cluster }
  - { name: pages, kind: pagerduty, cluster_label: service }
clusters:
  - { name: prod, kubeconfig: ./kubeconfig, kubeconfig_context: a, write_context: b, allow_exec_auth: true }
  - name: here
    in_cluster: true
    write_token: { service_account: firstmate-writer, namespace: firstmate }
teams:
  sre: { slack_group: "@sre", members: [U012AB], oncall: U012AB }
default_responder: sre
incidents_channel: "#incidents"
open_when: ['severity="critical"', 'namespace=~"a|b"']
folders: { runbooks: [ours, theirs], policies: policies }
break_glass: { teams: [sre], minutes: 20 }
audit: { every: 30m, heads_file: heads.jsonl }
limits: { quiet: 5m, step_timeout: 1500ms, reads_per_cluster: 3 }
`,
      'f.yaml',
    );
    expect(faults).toEqual([]);
    expect(config).toMatchObject({
      sources: [
        { name: 'prod', cluster: { name: 'prod' }, secretEnv: 'SECRET' },
        { name: 'all', kind: 'alertmanager', cluster: { label: 'cluster' }, secretEnv: null },
        { name: 'pages', kind: 'pagerduty', cluster: { label: 'service' }, secretEnv: null },
      ],
      clusters: [
        { kubeconfig: './kubeconfig', kubeconfigContext: 'a', writeContext: 'b', allowExecAuth: true },
        {
          name: 'here',
          inCluster: true,
          writeToken: { serviceAccount: 'firstmate-writer', namespace: 'firstmate', minutes: 10 },
          allowExecAuth: false,
        },
      ],
      teams: [{ name: 'sre', slackGroup: 'sre', members: ['U012AB'], oncall: 'U012AB' }],
      defaultResponder: 'sre',
      incidentsChannel: 'incidents',
      openWhen: [
        [{ label: 'severity', op: '=', value: 'critical' }],
        [{ label: 'namespace', op: '=~', value: 'a|b' }],
      ],
      audit: { everyMs: 1_800_000, headsFile: 'heads.jsonl' },
      breakGlass: { teams: ['sre'], minutes: 20, mostMinutes: 60 },
      folders: { runbooks: ['ours', 'theirs'], policies: ['policies'], services: null },
      limits: { quietMs: 300_000, stepTimeoutMs: 1500, readsPerCluster: 3, bodyBytes: null },
    });
  });

  it.each([
    ['', null],
    ['break_glass: { teams: [sre] }', { teams: ['sre'], minutes: 15, mostMinutes: 60 }],
    ['break_glass: { teams: [sre], most_minutes: 5 }', { teams: ['sre'], minutes: 5, mostMinutes: 5 }],
    ['break_glass: { teams: [sre], minutes: 90 }', { teams: ['sre'], minutes: 90, mostMinutes: 90 }],
  ])('says who may break the glass: %s', (line, rules) => {
    const { config } = parseConfigFile(`teams: { sre: { slack_group: sre } }\n${line}\n`, 'f.yaml');
    expect(config?.breakGlass).toEqual(rules);
  });

  it('is one document', () => {
    const { config, faults } = parseConfigFile('{}\n---\n{}\n', 'f.yaml');
    expect(config).toBeNull();
    expect(faults.map(faultLine)).toEqual(['f.yaml:3:1: error: only one document is expected in this file']);
  });
});
