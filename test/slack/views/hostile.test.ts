import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentId } from '../../../src/core/ids.ts';
import type { Incident } from '../../../src/core/incident.ts';
import { UNKNOWN_CLUSTER } from '../../../src/core/place-alert.ts';
import type { PlanState, PlanStatus } from '../../../src/core/plan-state.ts';
import type { TeamMembers } from '../../../src/core/team.ts';
import {
  blocksTooLong,
  faultsOfBlocks,
  faultsOfModal,
} from '../../../src/playground/slack/blocks/validate.ts';
import { card } from '../../../src/slack/views/card.ts';
import { diagnosis } from '../../../src/slack/views/diagnosis.ts';
import { planModal, stepModal } from '../../../src/slack/views/evidence.ts';
import type { ViewFacts } from '../../../src/slack/views/facts.ts';
import { finding } from '../../../src/slack/views/finding.ts';
import { header, topic } from '../../../src/slack/views/header.ts';
import { line } from '../../../src/slack/views/line.ts';
import { review } from '../../../src/slack/views/review.ts';
import { AT, makePlan } from '../../make.ts';
import { makeIncident, makeState, makeStep } from '../make.ts';

/** Texts as alerts, logs and people may bring them. */
const nasty = fc.constantFrom(
  '<!channel>',
  '<@U0ADA>',
  '<https://evil.example|prod>',
  '```',
  '``',
  '`',
  '&lt;!here&gt;',
  '\u202edeorp\u202c',
  '\u200b',
  '*bold* _it_ ~no~',
  '\n> quote\n',
  '\ud800',
  '👩‍🚒'.repeat(30),
  'x'.repeat(3_100),
  '&'.repeat(700),
  '\u001b[31mred\u001b[0m',
  '| a | b |\n|---|---|\n| c | d |',
  '~~~\n',
);
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const texts = fc.array(text, { maxLength: 12 });
const statuses: readonly PlanStatus[] = [
  'proposed',
  'denied',
  'approved',
  'rejected',
  'expired',
  'voided',
  'executing',
  'succeeded',
  'failed',
  'indeterminate',
];

const plans: fc.Arbitrary<PlanState> = fc
  .record({
    t: text,
    many: texts,
    status: fc.constantFrom(...statuses),
    long: fc.constantFrom(0, 1, 40),
    back: fc.boolean(),
  })
  .map(({ t, many, status, long, back }) => {
    const usual = makePlan();
    const target = usual.targets[0];
    return makeState({
      status,
      says: t,
      plan: {
        ...usual,
        cluster: t,
        command: t,
        reason: t,
        evidence: many,
        runbook: { name: t, hash: t },
        targets:
          target === undefined ? [] : many.map((name) => ({ ...target, ref: { ...target.ref, name } })),
        diff: Array.from({ length: long }, (_, index) => ({
          object: t,
          path: `${t}${index}`,
          before: t,
          after: many,
        })),
        blast: { objects: 1, pods: 1, says: t },
        fromVersion: t,
        toVersion: t,
        inverse: back && usual.inverse !== null ? { ...usual.inverse, says: t, command: t } : null,
        requestedBy: { kind: 'operator', name: t },
        verdict: {
          allowed: status !== 'denied',
          rules: many.map((says, index) => ({ rule: t, says, denies: index % 2 === 0 })),
          policy: { name: t, hash: t },
          approvals: many.map((by) => ({ by, teams: [...many, 'known', 'unreadable'], quorum: 2 })),
        },
      },
      votes: many.map((name) => ({
        voter: { enterprise: null, team: 'T', user: name },
        name,
        vote: 'approve',
        teams: many,
        reason: t,
        at: AT,
      })),
      validation: back ? { passed: false, says: t, at: AT } : null,
    });
  });

const incidents: fc.Arbitrary<Incident> = fc
  .record({
    t: text,
    many: texts,
    plan: plans,
    steps: fc.constantFrom(0, 2, 70),
    status: fc.constantFrom('open' as const, 'monitoring' as const, 'resolved' as const),
    visibility: fc.constantFrom('channel' as const, 'line' as const),
    known: fc.boolean(),
    cluster: fc.constantFrom(null, UNKNOWN_CLUSTER),
    merged: fc.boolean(),
    joined: fc.constantFrom(0, 1, 30),
  })
  .map(({ t, many, plan, steps, status, visibility, known, cluster, merged, joined }) =>
    makeIncident({
      title: t,
      cluster: cluster ?? t,
      mergedInto: merged ? incidentId(2026, 7) : null,
      joined: Array.from({ length: joined }, (_, index) => ({
        key: `${t}${index}`,
        rank: index % 2 === 0 ? 'other' : 'control_plane',
        title: t,
        service: t,
        owner: t,
        namespace: t,
        workload: t,
        severity: 'SEV2',
        by: index % 3 === 0 ? 'cause' : 'storm',
        because: t,
      })),
      unreported: Object.fromEntries(many.map((source) => [source, { count: 3, since: AT }])),
      silence: known ? { by: t, until: AT, comment: t, alerts: 2 } : null,
      held: known ? { until: '2026-03-14T04:00:00Z', because: t } : null,
      service: known ? t : null,
      owner: known ? t : null,
      namespace: t,
      workload: t,
      because: t,
      status,
      visibility,
      resolvedBecause: t,
      resolvedAt: status === 'resolved' ? AT : null,
      channel: known ? { enterprise: null, team: 'T', channel: 'C0ONE', name: t } : null,
      runbook: { runbook: t, title: t, hash: t, score: 1, reason: t, fallback: known, inputs: {} },
      steps: Array.from({ length: steps }, (_, index) =>
        makeStep(`${t}${index}`, {
          summary: t,
          text: t.repeat(4),
          status: index % 2 === 0 ? 'ok' : 'failed',
        }),
      ),
      findings: many.map((says, index) => ({
        id: `f${index}`,
        kind: 'k',
        says,
        evidence: [],
        object: { cluster: t, apiVersion: 'v1', kind: 'Pod', namespace: t, name: t },
      })),
      hypotheses: many.map((says, index) => ({
        id: `h${index}`,
        category: 'unknown',
        says,
        confidence: index % 2 === 0 ? 'low' : 'high',
        evidence: [...many, 'f0'],
        propose: [],
        ruledOut: index % 3 === 0 ? t : null,
      })),
      diagnosis: { says: t, at: AT },
      failedProposals: many.map((action) => ({ action, says: t })),
      plans: [plan],
      lead: { user: { enterprise: null, team: 'T', user: t }, name: t },
      review: many
        .map((part, index) => (index % 2 === 0 ? `# ${part}` : `- **${part}** \`${part}\``))
        .join('\n'),
    }),
  );

const members = new Map<string, TeamMembers>([
  ['known', { status: 'known', users: Array.from({ length: 40 }, (_, index) => `U${index}`) }],
  ['unreadable', { status: 'unreadable', says: '<!everyone>'.repeat(60) }],
]);
const facts: ViewFacts = {
  now: AT,
  clusters: ['prod', '<!channel>', ...Array.from({ length: 120 }, (_, index) => `c${index}`)],
  into: 'C0TWO',
  teams: [{ name: 'sre', slackGroup: null, members: [], oncall: '<!here>' }],
  defaultResponder: 'sre',
  members,
};

const OURS = /<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>|<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>/g;

function expectHarmless(blocks: unknown): void {
  for (const said of mrkdwnOf(blocks)) {
    expect(said.replaceAll(OURS, '')).not.toMatch(/[<>]/);
    expect(said.split('```').length % 2, said).toBe(1);
    expect(said).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(said.isWellFormed()).toBe(true);
  }
}

function mrkdwnOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

describe('whatever an incident brings', () => {
  it('every message is one that Slack takes, and nothing in it mentions, links or breaks out', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        const [plan] = incident.plans;
        const messages = [
          header(incident, facts),
          diagnosis(incident),
          finding(incident),
          line(incident, facts),
          review(incident),
          ...(plan === undefined ? [] : [card(incident, plan, facts)]),
        ];
        for (const message of messages) {
          expect(faultsOfBlocks(message.blocks)).toEqual([]);
          expect(blocksTooLong(message.blocks.map((block) => ({ ...block })))).toBe(false);
          expectHarmless(message.blocks);
          expect(message.text.replaceAll(OURS, '')).not.toMatch(/[<>]/);
          expect(message.text.length).toBeLessThan(1_000);
          expect(message.text).not.toBe('');
        }
        expect(topic(incident).length).toBeLessThanOrEqual(250);
      }),
      { numRuns: 60 },
    );
  });

  it('every modal is one that Slack takes', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        const [plan] = incident.plans;
        const [step] = incident.steps;
        const modals = [
          ...(plan === undefined ? [] : [planModal(plan, facts)]),
          ...(step === undefined ? [] : [stepModal(incident, step)]),
        ];
        for (const modal of modals) {
          expect(faultsOfModal(modal)).toEqual([]);
          expectHarmless(modal.blocks);
          expect(JSON.stringify(modal).length).toBeLessThan(250_000);
        }
      }),
      { numRuns: 25 },
    );
  });
});
