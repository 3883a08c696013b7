import { describe, expect, it } from 'vitest';
import { incidentId } from '../../../src/core/ids.ts';
import type { Incident } from '../../../src/core/incident.ts';
import { UNKNOWN_CLUSTER } from '../../../src/core/place-alert.ts';
import { type JoinedProblem, problemToken, type Rank } from '../../../src/core/problem.ts';
import { diagnosis } from '../../../src/slack/views/diagnosis.ts';
import type { ViewFacts } from '../../../src/slack/views/facts.ts';
import { finding } from '../../../src/slack/views/finding.ts';
import { header } from '../../../src/slack/views/header.ts';
import { line } from '../../../src/slack/views/line.ts';
import { review } from '../../../src/slack/views/review.ts';
import { AT, INCIDENT } from '../../make.ts';
import { makeIncident, makeStep } from '../make.ts';

const FACTS: ViewFacts = {
  now: AT,
  clusters: ['prod', 'staging'],
  into: null,
  teams: [
    { name: 'checkout', slackGroup: 'checkout-all', members: [], oncall: 'checkout-oncall' },
    { name: 'sre', slackGroup: 'sre', members: [], oncall: null },
  ],
  defaultResponder: 'sre',
  members: new Map(),
};
const CHANNEL = { enterprise: null, team: 'T', channel: 'C0ONE', name: 'inc-2026-001' };
const head = (changes: Partial<Incident> = {}): string =>
  JSON.stringify(header(makeIncident(changes), FACTS).blocks);

describe('the header', () => {
  it('leads with the cluster', () => {
    expect(header(makeIncident(), FACTS).blocks[0]).toMatchObject({
      type: 'header',
      text: { text: 'prod · SEV2 · KubePodCrashLooping shop/checkout' },
    });
  });

  it('names who is on call, and says so where nobody owns the service', () => {
    expect(head()).toContain('@checkout-oncall (checkout)');
    expect(head({ owner: null })).toContain(
      'Nobody owns this; asking the default responder: everybody in sre',
    );
  });

  it('says which runbook and why, or that none matched', () => {
    const runbook = {
      runbook: 'crash',
      title: 'Crash loop',
      hash: 'h',
      score: 2,
      reason: 'alertname fits',
      inputs: {},
    };
    expect(head({ runbook: { ...runbook, fallback: false } })).toContain(
      'Crash loop (`crash`): alertname fits',
    );
    expect(head({ runbook: { ...runbook, fallback: true } })).toContain(
      'No runbook matched; running general triage',
    );
  });

  it('counts alerts, those that the source left out too', () => {
    expect(head({ hidden: { 'default {}': 3 } })).toContain(
      '1 alert firing, 3 more that the source left out',
    );
  });

  it('offers the lead until somebody has it, and Resolve only while monitoring', () => {
    const lead = { user: { enterprise: null, team: 'T', user: 'U0ADA' }, name: 'ada' };
    expect(head()).toContain('take_lead');
    expect(head({ lead })).not.toContain('take_lead');
    expect(head({ lead })).toContain('<@U0ADA>');
    expect(head()).not.toContain('resolve_incident');
    expect(head({ status: 'monitoring', clearSince: AT })).toContain('resolve_incident');
  });

  it('ends with how it was resolved and no buttons', () => {
    const json = head({
      status: 'resolved',
      resolvedAt: AT,
      resolvedBecause: 'The alerts cleared.',
      review: '# r',
    });
    expect(json).toContain('The alerts cleared. The review is in the thread.');
    expect(json).not.toContain('action_id');
  });
});

describe('the header of more than one problem', () => {
  const problem = (title: string, rank: Rank, changes: Partial<JoinedProblem> = {}): JoinedProblem => ({
    key: `default prod ${title}`,
    rank,
    title,
    service: null,
    owner: null,
    namespace: null,
    workload: null,
    severity: 'SEV2',
    by: 'cause',
    because: 'its pod is on node worker-1',
    ...changes,
  });
  const tally = { firing: 412, total: 412, problems: 9, first: 'A', last: 'B', worst: 'C' };
  const etcd = problem('etcdNoLeader (control plane)', 'control_plane', { severity: 'SEV1' });
  const many = [
    problem('Node worker-1 is not ready', 'node'),
    etcd,
    ...['a', 'b', 'c', 'd'].map((name) => problem(`Down shop/${name}`, 'workload')),
  ];

  it('counts them, the ones that others hang on first', () => {
    expect(head({ joined: many, tally })).toContain('412 alerts firing, 9 problems; control plane first');
    expect(head({ joined: [problem('N', 'node')] })).toContain('1 alert firing, 2 problems; nodes first');
    expect(head({ joined: [problem('W', 'workload')] })).toContain('1 alert firing, 2 problems"');
    expect(head()).not.toContain('problems');
  });

  it('names five at most, the worst first, each with why it is told here', () => {
    const { blocks } = header(makeIncident({ joined: many, tally }), FACTS);
    const list = blocks.find((block) => JSON.stringify(block).includes('•'));
    expect(list).toMatchObject({
      text: {
        text: [
          '• *etcdNoLeader (control plane)* (SEV1): its pod is on node worker-1',
          '• *Node worker-1 is not ready* (SEV2): its pod is on node worker-1',
          '• *KubePodCrashLooping shop/checkout* (SEV2)',
          '• *Down shop/a* (SEV2): its pod is on node worker-1',
          '• *Down shop/b* (SEV2): its pod is on node worker-1',
          'and 4 more',
        ].join('\n'),
      },
    });
  });

  it('offers to separate what joined by a pager or a storm, and nothing else', () => {
    const paged = problem('Checkout is slow', 'other', { by: 'pager' });
    const { blocks } = header(
      makeIncident({ joined: [etcd, paged, problem('W', 'workload', { by: 'person' })] }),
      FACTS,
    );
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(
      buttons.filter((one) => 'action_id' in one && one.action_id?.startsWith('separate')),
    ).toMatchObject([
      {
        action_id: 'separate_problem_0',
        text: { text: 'Separate: Checkout is slow' },
        value: `${INCIDENT} ${problemToken(paged.key)}`,
      },
    ]);
    expect(JSON.stringify(buttons)).not.toContain('confirm');
  });
});

describe('the header of alerts that are not as they seem', () => {
  const unreported = { 'prod-am': { count: 3, since: AT } };
  const silence = { by: 'ben', until: '2026-03-14T04:00:00.000Z', comment: 'node swap', alerts: 2 };
  const held = { because: 'maintenance window deploys', until: '2026-03-14T04:00:00.000Z' };

  it('says what is no longer reported, silenced, or under maintenance', () => {
    const json = head({ unreported, silence, held });
    expect(json).toMatch(/3 alerts no longer reported by prod-am since <!date[^>]+>; that is not their end/);
    expect(json).toMatch(/2 alerts silenced by ben until <!date[^>]+>: node swap/);
    expect(json).toMatch(/In maintenance window deploys until <!date/);
  });

  it('is silent of all that is over', () => {
    expect(head({ unreported, silence, status: 'resolved' })).not.toMatch(/reported|silenced/);
    expect(head({ held: { ...held, until: AT } })).not.toContain('maintenance');
    expect(head()).not.toMatch(/reported|silenced|maintenance|Which cluster/);
  });
});

describe('the header of an incident that was merged', () => {
  it('leads to the other one’s channel', () => {
    const incident = makeIncident({ status: 'resolved', mergedInto: incidentId(2026, 7) });
    const json = JSON.stringify(header(incident, { ...FACTS, into: 'C0SEVEN' }).blocks);
    expect(json).toContain('merged into INC-2026-007: it goes on in <#C0SEVEN>');
    expect(JSON.stringify(header(incident, FACTS).blocks)).toContain('merged into INC-2026-007"');
    expect(JSON.stringify(line(incident, FACTS).blocks)).toContain('merged into INC-2026-007');
  });
});

describe('the header of an incident in no known cluster', () => {
  const unplaced = { cluster: UNKNOWN_CLUSTER };
  const clusters = (number: number) => Array.from({ length: number }, (_, index) => `c${index}`);
  const elements = (number: number) =>
    header(makeIncident(unplaced), { ...FACTS, clusters: clusters(number) })
      .blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
      .filter((one) => 'action_id' in one && one.action_id?.startsWith('pick_cluster'));

  it('says that nothing is read, and has a button for each of five clusters', () => {
    expect(head(unplaced)).toContain('Nothing is read or planned until somebody picks it.');
    expect(head(unplaced)).toContain('waits for the cluster');
    expect(elements(5)).toHaveLength(5);
    expect(elements(5)[4]).toMatchObject({ type: 'button', value: `${INCIDENT} c4` });
  });

  it('has a list for more', () => {
    expect(elements(6)).toMatchObject([
      { type: 'static_select', options: clusters(6).map((name) => ({ value: `${INCIDENT} ${name}` })) },
    ]);
  });
});

describe('the diagnosis', () => {
  it('has a line a step, with the evidence a click away', () => {
    const running = { ...makeStep('logs'), result: null };
    const steps = [
      makeStep('pods'),
      makeStep('events', { status: 'check_failed', summary: '9 warnings' }),
      running,
    ];
    const { blocks } = diagnosis(makeIncident({ steps }));
    expect(blocks.slice(1)).toMatchObject([
      { text: { text: '• `kubectl get pods -n shop` 3 pods' }, accessory: { value: `${INCIDENT} pods` } },
      {
        text: { text: '✗ `kubectl get events -n shop` 9 warnings' },
        accessory: { value: `${INCIDENT} events` },
      },
      { text: { text: '… `kubectl get logs -n shop`' } },
    ]);
  });
});

describe('the finding', () => {
  const one = {
    id: 'a',
    category: 'configuration_error' as const,
    evidence: ['pods'],
    propose: [],
    ruledOut: null,
  };
  it('puts the most likely first and says what was ruled out', () => {
    const incident = makeIncident({
      steps: [makeStep('pods')],
      hypotheses: [
        { ...one, says: 'Perhaps the node', confidence: 'low' },
        { ...one, says: 'A bad release', confidence: 'high' },
        { ...one, says: 'Out of memory', confidence: 'high', ruledOut: 'no OOM kill was seen' },
      ],
    });
    const { blocks, text } = finding(incident);
    expect(text).toBe(`${INCIDENT}: A bad release`);
    expect(blocks).toMatchObject([
      { text: { text: '*A bad release*\nhigh confidence, configuration error\n• pods: 3 pods' } },
      { text: { text: expect.stringContaining('*Perhaps the node*') } },
      { text: { text: 'Ruled out:\n• Out of memory: no OOM kill was seen' } },
    ]);
  });

  it('says that nothing fits, and why a plan could not be made', () => {
    const json = JSON.stringify(
      finding(makeIncident({ failedProposals: [{ action: 'undo', says: 'there is no earlier revision' }] }))
        .blocks,
    );
    expect(json).toContain('Nothing that this runbook knows fits');
    expect(json).toContain('No plan for undo: there is no earlier revision');
  });
});

describe('the line', () => {
  it('links the channel', () => {
    expect(JSON.stringify(line(makeIncident({ channel: CHANNEL }), FACTS).blocks)).toContain('<#C0ONE>');
  });

  it('offers a channel while the incident is only watched', () => {
    const watching = { visibility: 'line' as const, diagnosis: { says: 'A bad release', at: AT } };
    const json = JSON.stringify(line(makeIncident(watching), FACTS).blocks);
    expect(json).toContain('open_channel');
    expect(json).toContain('watching, 1 alert firing: A bad release');
    expect(
      JSON.stringify(line(makeIncident({ ...watching, status: 'resolved' }), FACTS).blocks),
    ).not.toContain('open_channel');
  });
});

describe('the line of alerts that are not as they seem', () => {
  const said = (changes: Partial<Incident>): string =>
    JSON.stringify(line(makeIncident({ visibility: 'line', ...changes }), FACTS).blocks);

  it('says in a few words what holds it back', () => {
    const held = { because: 'maintenance window deploys', until: '2026-03-14T04:00:00.000Z' };
    expect(said({ held })).toMatch(/1 alert firing, held back by maintenance window deploys until <!date/);
    expect(said({ unreported: { am: { count: 1, since: AT } } })).toContain(
      '1 alert firing, 1 no longer reported',
    );
    expect(said({ cluster: UNKNOWN_CLUSTER })).toContain('pick its cluster in its channel');
    expect(said({})).toContain('watching, 1 alert firing"');
  });
});

describe('the review', () => {
  it('keeps headings, lists, tables and code, and makes no links', () => {
    const markdown = [
      '# Review of INC',
      'Caused by **a release** of `checkout`; see [the graph](https://evil.example).',
      '- first',
      '  - second',
      '| When | What |',
      '| --- | --- |',
      '| 02:07 | it broke |',
      '```yaml',
      'actor: human/U0ADA',
      '```',
    ].join('\n');
    expect(review(makeIncident({ review: markdown })).blocks[0]).toMatchObject({
      text: {
        text: [
          '*Review of INC*',
          'Caused by *a release* of `checkout`; see [the graph](https://evil.example).',
          '• first',
          '  • second',
          '```\nWhen   What\n02:07  it broke\n```',
          '```\nactor: human/U0ADA\n```',
        ].join('\n'),
      },
    });
  });

  it('points to the command line where it does not fit', () => {
    const long = makeIncident({
      review: Array.from({ length: 400 }, (_, index) => `Line ${index} ${'y'.repeat(60)}`).join('\n'),
    });
    expect(JSON.stringify(review(long).blocks.at(-1))).toContain(
      `the whole review: \`firstmate review ${INCIDENT}\``,
    );
  });
});
