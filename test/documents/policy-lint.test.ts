import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { settingsFaults } from '../../src/core/settings-faults.ts';
import type { Team } from '../../src/core/team.ts';
import { loadCatalog } from '../../src/documents/catalog.ts';
import { parsePolicy } from '../../src/documents/policy.ts';
import { memoryFiles } from './memory-files.ts';

const lines = (text: string): readonly string[] => parsePolicy(text, 'p.yaml').faults.map(faultLine);
const entry = (more: string, type = 'scale') =>
  `service: orders\nallowed_actions:\n  - { type: ${type}, approvers: [{ team: sre }]${more} }\n`;

describe('a policy', () => {
  it('has everything that narrows it, at its top and in an entry, and nothing that is not written', () => {
    const text = `service: orders
clusters: [prod-*]
quorum: 2
expiry: 10m
self_approval: true
limits: { changes_per_hour: 3, replica_delta: 5 }
conditions:
  - { expression: "request.replicasAfter <= 20", message: at most twenty }
freezes:
  - { name: weekend, rrule: "FREQ=WEEKLY;BYDAY=FR;BYHOUR=16", duration: 3d, time_zone: Europe/Berlin }
allowed_actions:
  - { type: scale, approvers: [{ team: sre }], namespaces: [orders], environments: [live] }
`;
    const { documents, faults } = parsePolicy(text, 'p.yaml');
    expect(faults).toEqual([]);
    expect(documents[0]).toMatchObject({
      clusters: ['prod-*'],
      quorum: 2,
      expiryMs: 600_000,
      selfApproval: true,
      limits: { changesPerHour: 3, replicaDelta: 5 },
      conditions: [{ expression: 'request.replicasAfter <= 20', message: 'at most twenty' }],
      freezes: [
        {
          name: 'weekend',
          timeZone: 'Europe/Berlin',
          rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16',
          duration: { days: 3, ms: 0 },
        },
      ],
      allowedActions: [{ namespaces: ['orders'], environments: ['live'] }],
    });
    expect(Object.keys(documents[0] ?? {})).not.toContain('namespaces');
    expect(Object.keys(documents[0]?.limits ?? {})).toEqual(['changesPerHour', 'replicaDelta']);
  });

  it.each([
    ['daily for a day', '{ name: a, time_zone: UTC, rrule: FREQ=DAILY, duration: 1d }', true],
    ['daily for 23 hours', '{ name: a, time_zone: UTC, rrule: FREQ=DAILY, duration: 23h }', false],
    [
      'daily for 24 hours, where a night has 25',
      '{ name: a, time_zone: Europe/Berlin, rrule: FREQ=DAILY, duration: 24h }',
      false,
    ],
    [
      'on working days and on weekends',
      '{ name: a, time_zone: UTC, rrule: FREQ=WEEKLY;BYDAY=MO, duration: 5d }, { name: b, time_zone: UTC, rrule: FREQ=WEEKLY;BYDAY=SA, duration: 2d }',
      true,
    ],
  ])('frozen %s can change nothing: %s', (_, freezes, never) => {
    const quoted = freezes.replaceAll(/rrule: ([^,]+)/g, 'rrule: "$1"');
    const found = lines(`${entry('')}freezes: [${quoted}]\n`);
    expect(found.some((line) => line.includes('nothing can ever be changed'))).toBe(never);
  });

  it.each([
    [
      '',
      'conditions: [{ expression: "request.versionBack == 1" }]',
      'request has no field versionBack, did you mean "versionsBack"?',
    ],
    ['', 'conditions: [{ expression: "service.tier == \'gold\'" }]', 'service has no field tier;'],
    [
      '',
      'conditions: [{ expression: "incident.alerts.all(a, incident.sev == \'1\')" }]',
      'incident has no field sev',
    ],
    ['', 'conditions: [{ expression: "1 > 2" }]', 'never holds, whatever the change is'],
    ['', 'conditions: [{ expression: "1 / 0 == 1" }]', 'never holds, whatever the change is'],
    [
      '',
      'freezes: [{ name: a, time_zone: UTC, rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", duration: 2h }]',
      'never holds: no day fits',
    ],
    ['', 'namespaces: [orders, kube-*]', 'does not reach kube-system, kube-public, kube-node-lease'],
    [', namespaces: [orders]', 'quorum: 1', 'can never apply: a cordon is of a node'],
    ['', 'namespaces: [orders]', 'can never apply: a cordon is of a node'],
    [', limits: { replica_delta: 2 }', 'quorum: 1', 'limits nothing: a cordon leaves the number of replicas'],
  ])('with an entry%s and %s is told', (more, top, says) => {
    expect(lines(`${entry(more, 'cordon')}${top}\n`)).toContainEqual(expect.stringContaining(says));
  });

  it.each([
    'conditions: [{ expression: "request.versionsBack == 1 && has(request.anything)" }]',
    'conditions: [{ expression: "object.whatever == 1 && oldObject.whatever == 1" }]',
    'conditions: [{ expression: "incident.alerts.exists(a, a.labels.team == \'x\')" }]',
    'conditions: [{ expression: "1 < 2" }]',
    'freezes: [{ name: a, time_zone: UTC, rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", duration: 2h }]',
    'namespaces: [orders, shop-*]',
    'namespaces: ["*"]',
    'limits: { replica_delta: 2 }',
  ])('with %s is not', (top) => {
    expect(lines(`${entry('')}${top}\n`)).toEqual([]);
  });

  it('may list an action once for each place', () => {
    const two = (first: string, second: string) =>
      lines(
        `service: orders\nallowed_actions:\n  - { type: scale, approvers: [{ team: sre }]${first} }\n  - { type: scale, approvers: [{ team: sre }]${second} }\n`,
      );
    expect(two(', environments: [live]', ', environments: [staging]')).toEqual([]);
    for (const [first, second] of [
      ['', ', environments: [staging]'],
      [', clusters: [prod-*]', ', clusters: [prod-eu]'],
      [', clusters: [prod-eu]', ', clusters: ["*"]'],
    ] as const)
      expect(two(first, second)).toEqual([
        expect.stringContaining('scale is allowed twice for the same place'),
      ]);
  });

  describe('beside the runbook of its service', () => {
    const service =
      'name: orders\nowner: sre\nslo: { latency_p95_ms: 300 }\nincident: { channel: orders, runbook: stuck }\n';
    const told = async (action: string, policy: string) => {
      const runbook = `apiVersion: firstmate.dev/v1
kind: Runbook
name: stuck
title: Stuck
owner: sre
match: ['alertname="X"']
inputs:
  namespace: { from: labels.namespace, type: namespace }
  wanted: { from: labels.wanted, type: integer }
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
actions:
  - { id: act, ${action} }
`;
      const files = memoryFiles({
        'runbooks/a.yaml': runbook,
        'policies/a.yaml': policy,
        'services/a.yaml': service,
      });
      const folders = { runbooks: 'runbooks', policies: 'policies', services: 'services' };
      const { faults } = await loadCatalog(folders, { files });
      return faults.map(faultLine).filter((line) => line.includes('proposes'));
    };
    const SCALE = 'type: scale, run: "kubectl scale deployment/orders -n shop --replicas=60"';
    const ANY =
      'type: scale, run: "kubectl scale deployment/orders -n {{ namespace }} --replicas={{ wanted }}"';
    const IMAGE =
      'type: set_image, run: "kubectl set image deployment/orders orders=reg.example/orders:1 -n shop"';

    it.each([
      [
        'type: rollback, run: "kubectl rollout undo deployment/orders -n shop"',
        entry(''),
        'a rollback (act), which this policy never allows',
      ],
      [SCALE, entry(', max_replicas: 50'), 'a scale (act) to 60, and this policy allows 50 at most'],
      [SCALE, entry(', min_replicas: 70'), 'a scale (act) to 60, and this policy allows 70 at least'],
      [
        SCALE,
        entry(', namespaces: [orders]'),
        'a scale (act), which this policy allows only in the namespaces orders, not in shop',
      ],
      [
        IMAGE,
        entry(', image_registries: [reg.example/shop]', 'set_image'),
        'a set_image (act) of reg.example/orders:1, and this policy takes images of reg.example/shop only',
      ],
    ])('%s is told where it contradicts', async (action, policy, says) => {
      expect(await told(action, policy)).toEqual([
        expect.stringContaining(`the runbook "stuck" of orders proposes ${says}`),
      ]);
    });

    it.each([
      [SCALE, entry(', max_replicas: 60, namespaces: [sh*]')],
      [ANY, entry(', max_replicas: 0, namespaces: [orders]')],
      [
        SCALE,
        `${entry(', max_replicas: 5, environments: [dev]')}  - { type: scale, approvers: [{ team: sre }], environments: [live] }\n`,
      ],
      [IMAGE, entry(', image_registries: [reg.example]', 'set_image')],
    ])('%s is not where some entry may allow it', async (action, policy) => {
      expect(await told(action, policy)).toEqual([]);
    });
  });
});

describe('a policy beside firstmate.yaml', () => {
  const cluster = {
    name: 'prod-eu',
    access: 'in-cluster',
    context: null,
    writeContext: null,
    writeToken: null,
    environment: 'live',
    alertmanagerUrl: null,
    prometheus: null,
    allowExecAuth: false,
  } as const;
  const team: Team = { name: 'sre', slackGroup: null, members: ['U1', 'U2'], oncall: null };
  const told = (text: string, teams = [team]) => {
    const policies = parsePolicy(text, 'p.yaml').documents;
    const catalog = { runbooks: [], policies, brokenPolicies: [], services: [], faults: [] };
    return settingsFaults(catalog, {
      clusters: [cluster],
      environments: [{ name: 'staging', mode: 'auto' }],
      teams,
    }).map(({ says }) => says);
  };

  it.each([
    [', clusters: [prod-us]', 'scale can never apply: no cluster of firstmate.yaml is called prod-us'],
    [', environments: [dev]', 'scale can never apply: no environment of firstmate.yaml is called dev'],
    [', quorum: 3', 'scale can never apply: 3 people must approve, and sre have 2'],
  ])('with an entry%s is told', (more, says) => {
    expect(told(entry(more))).toEqual([says]);
  });

  it('whose places and people there are is not told', () => {
    const fine = entry(', clusters: [prod-*], environments: [live, staging], quorum: 2');
    expect(told(fine)).toEqual([]);
    expect(told(entry(', quorum: 9'), [{ ...team, slackGroup: 'sre' }])).toEqual([]);
    expect(told(fine, [{ ...team, name: 'db' }])).toEqual(['no team of firstmate.yaml is called "sre"']);
  });
});
