import { alertTotal, type Incident } from '../../core/incident.ts';
import { objectName } from '../../core/kube.ts';
import type { Plan } from '../../core/plan.ts';
import type { PlanState } from '../../core/plan-state.ts';
import { refreshRefused, undoRefused } from '../../core/refresh.ts';
import { shareNow } from '../../core/replica-share.ts';
import { approvers } from './approvers.ts';
import {
  actions,
  type Block,
  type Button,
  button,
  context,
  fields,
  heading,
  type Rendered,
  section,
} from './blocks.ts';
import { outcome } from './card-outcome.ts';
import { askedBy, denied, environment, isDraft, rules } from './card-rules.ts';
import { diffLines } from './diff.ts';
import { ACTION, type ViewFacts } from './facts.ts';
import { evidenceLines } from './finding.ts';
import { underGlass } from './glass.ts';
import { code, count, fence, lines, prose, when } from './text.ts';

const DIFF_ROOM = 2800;
const MOST_WARNINGS = 5;

/** One proposed change: everything that a person needs to say yes or no to it. */
export function card(incident: Incident, state: PlanState, facts: ViewFacts): Rendered {
  const { plan } = state;
  const title = `${plan.cluster} · ${changeOf(plan)} to ${plan.toVersion}`;
  return {
    text: prose(`${incident.id} ${title}: ${state.status}`, 300),
    blocks: [
      heading(title),
      section(`*${verb(state)}* in cluster ${code(plan.cluster, 120)}:\n${code(plan.command, 600)}`),
      section(why(incident, plan)),
      ...change(plan),
      fields([
        `*Touches*\n${blast(plan)}`,
        `*From → to*\n${prose(`${plan.fromVersion} → ${plan.toVersion}`, 300)}`,
        `*Taking it back*\n${plan.inverse === null ? 'It cannot be taken back in place.' : prose(plan.inverse.says, 300)}`,
        `*Asked by*\n${askedBy(plan)}`,
      ]),
      ...plan.warnings.slice(0, MOST_WARNINGS).map((warning) => section(`⚠ ${prose(warning, 300)}`)),
      ...underGlass(plan.verdict.breakGlass),
      ...(state.status === 'proposed' ? [section(`*Who may approve*\n${approvers(state, facts)}`)] : []),
      ...(state.status === 'denied' ? denied(plan) : outcome(state)),
      ...(state.status === 'proposed' ? [context(validity(state, facts))] : []),
      ...actions(buttons(incident, state, facts)),
      section(`*Rules*\n${rules(plan)}`),
      ...environment(plan),
    ],
  };
}

/** `rollback Deployment shop/checkout`. */
export function changeOf(plan: Plan): string {
  const what = plan.type.replaceAll('_', ' ');
  const target = plan.targets[0];
  if (target === undefined) return what;
  const more = plan.targets.length - 1;
  return `${what} ${objectName(target.ref)}${more === 0 ? '' : ` and ${more} more`}`;
}

function verb(state: PlanState): string {
  switch (state.status) {
    case 'denied':
      return isDraft(state.plan) ? 'Drafted' : 'Not allowed';
    case 'proposed':
      return 'Proposed';
    case 'approved':
      return 'Approved';
    case 'rejected':
      return 'Rejected';
    case 'expired':
      return 'Expired';
    case 'voided':
      return 'Voided';
    case 'executing':
      return 'Running';
    case 'succeeded':
      return 'Done';
    case 'failed':
      return 'Failed';
    case 'indeterminate':
      return 'Not known whether it arrived';
  }
}

function why(incident: Incident, plan: Plan): string {
  const evidence = evidenceLines(incident, plan.evidence);
  return lines([`*Why*\n${prose(plan.reason, 500)}`, ...evidence], 1_500);
}

function change(plan: Plan): readonly Block[] {
  const text = diffLines(plan.diff);
  if (text === '') return [];
  const whole = fence(text, Number.POSITIVE_INFINITY);
  if (whole.length <= DIFF_ROOM) return [section(whole)];
  return [
    section(fence(text, DIFF_ROOM)),
    context('The change is longer than a message; Details has all of it.'),
  ];
}

/** What it touches in words, then in numbers: objects, pods, and the share of the workload's replicas. */
function blast(plan: Plan): string {
  const { objects, pods, says } = plan.blast;
  const numbers = [count(objects, 'object'), count(pods, 'pod'), ...shareOf(plan)];
  return `${prose(says, 300)}\n${numbers.join(' · ')}`;
}

function shareOf(plan: Plan): readonly string[] {
  const share = shareNow({ type: plan.type, draft: plan });
  if (share === null || !Number.isFinite(share)) return [];
  const part = share === 0 ? 'none' : `${Math.round(share * 100)} %`;
  const { taken = [] } = plan.facts;
  const most = taken.toSorted((a, b) => b.pods / b.replicas - a.pods / a.replicas)[0];
  return taken.length > 1 && most !== undefined
    ? [`${part} of the replicas of ${prose(most.workload, 120)}, of others no more`]
    : [`${part} of its replicas`];
}

/** Nobody can approve what nobody could see, so the time runs from when Slack takes the card. */
function validity(state: PlanState, facts: ViewFacts): string {
  const until = state.expiresAt ?? new Date(Date.parse(facts.now) + state.plan.validForMs).toISOString();
  return `Can be approved until ${when(until)}. Plan ${code(state.plan.id, 80)}`;
}

/** Where no alert was told none can clear, and nobody else asks for the end. */
function isDoneWithoutAlert(incident: Incident, state: PlanState): boolean {
  return incident.status === 'open' && alertTotal(incident) === 0 && state.validation?.passed === true;
}

function buttons(incident: Incident, state: PlanState, { now }: ViewFacts): readonly Button[] {
  const { plan } = state;
  const details = button({ action: ACTION.showPlan, label: 'Details', value: plan.id });
  const refresh =
    refreshRefused(incident, state, now) === null
      ? [button({ action: ACTION.refresh, label: 'Refresh', value: plan.id })]
      : [];
  switch (state.status) {
    case 'proposed':
      return [
        button({
          action: ACTION.approve,
          label: 'Approve',
          value: plan.id,
          style: 'primary',
          confirm: {
            title: `${plan.cluster}: make this change?`,
            text: `${plan.cluster}: ${changeOf(plan)}, ${plan.fromVersion} → ${plan.toVersion}`,
            confirm: 'Approve',
          },
        }),
        button({ action: ACTION.reject, label: 'Reject', value: plan.id, style: 'danger' }),
        ...refresh,
        details,
      ];
    case 'expired':
    case 'voided':
    case 'failed':
    case 'indeterminate':
      return [...refresh, details];
    case 'succeeded':
      return [
        // The header is far up by now: who looks at the result is asked here too.
        ...(incident.status === 'monitoring' || isDoneWithoutAlert(incident, state)
          ? [button({ action: ACTION.resolve, label: 'Resolve', value: incident.id, style: 'primary' })]
          : []),
        ...(undoRefused(incident, state) !== null
          ? []
          : [button({ action: ACTION.undo, label: 'Undo', value: plan.id })]),
        details,
      ];
    case 'denied':
      return isDraft(plan) ? [] : [...refresh, details];
    default:
      return [details];
  }
}
