import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/core/incident.ts';
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
    expect(head({ hidden: { 'default {}': 3 } })).toContain('1 firing, 3 more that the source left out');
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
    expect(JSON.stringify(line(makeIncident({ channel: CHANNEL })).blocks)).toContain('<#C0ONE>');
  });

  it('offers a channel while the incident is only watched', () => {
    const watching = { visibility: 'line' as const, diagnosis: { says: 'A bad release', at: AT } };
    const json = JSON.stringify(line(makeIncident(watching)).blocks);
    expect(json).toContain('open_channel');
    expect(json).toContain('watching, 1 alert firing: A bad release');
    expect(JSON.stringify(line(makeIncident({ ...watching, status: 'resolved' })).blocks)).not.toContain(
      'open_channel',
    );
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
