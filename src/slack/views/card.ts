import { alertTotal, type Incident } from '../../core/incident.ts';
import { objectName } from '../../core/kube.ts';
import { type Plan, proposalKey } from '../../core/plan.ts';
import type { PlanState } from '../../core/plan-state.ts';
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
import { diffLines } from './diff.ts';
import { ACTION, type ViewFacts } from './facts.ts';
import { evidenceLines } from './finding.ts';
import { code, fence, lines, prose, when } from './text.ts';

const DIFF_ROOM = 2800;

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
      ...plan.warnings.slice(0, 3).map((warning) => section(`⚠ ${prose(warning, 300)}`)),
      ...(state.status === 'proposed' ? [section(`*Who may approve*\n${approvers(state, facts)}`)] : []),
      ...(state.status === 'denied' ? denied(plan) : outcome(state)),
      ...(state.status === 'proposed' ? [context(validity(state, facts))] : []),
      ...actions(buttons(incident, state)),
      fields([
        `*Touches*\n${prose(plan.blast.says, 300)}`,
        `*From → to*\n${prose(`${plan.fromVersion} → ${plan.toVersion}`, 300)}`,
        `*Taking it back*\n${plan.inverse === null ? 'There is no way back for this.' : prose(plan.inverse.says, 300)}`,
        `*Asked by*\n${askedBy(plan)}`,
        ...mode(plan),
      ]),
      section(`*Rules*\n${rules(plan)}`),
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

/** Which policy speaks and what it says; Details has every rule. */
function rules(plan: Plan): string {
  const { policy, rules: spoken } = plan.verdict;
  if (policy === null) return 'No policy speaks about this service.';
  const denies = spoken.filter((rule) => rule.denies).map((rule) => `✗ ${prose(rule.says, 160)}`);
  const allows = spoken
    .filter((rule) => !rule.denies && /^(?:policy|mode)\./.test(rule.rule) && rule.rule !== 'policy.exists')
    .map((rule) => `✓ ${prose(rule.says, 160)}`);
  return lines([`Policy ${prose(policy.name, 100)}`, ...(plan.verdict.allowed ? allows : denies)], 1_500);
}

/** Whether nothing stands in the way but that people run the commands of this environment themselves. */
function isDraft(plan: Plan): boolean {
  const denying = plan.verdict.rules.filter((rule) => rule.denies);
  return denying.length > 0 && denying.every(({ rule }) => rule === 'mode.assist');
}

/** What happens with plans in this environment. */
function mode({ verdict }: Plan): readonly string[] {
  const { environment, automatic } = verdict;
  if (environment === undefined) return [];
  const what = {
    assist: 'assist: people run the commands',
    approve: 'approve: changes wait for people',
    auto: automatic ? 'auto: the policy asks nobody' : 'auto, but this waits for people',
  }[environment.mode];
  return [`*Environment*\n${prose(environment.name, 60)}, ${what}`];
}

function denied(plan: Plan): readonly Block[] {
  if (isDraft(plan)) {
    const { environment } = plan.verdict;
    const where = prose(environment?.name ?? plan.cluster, 60);
    return [
      section(
        `Changes in ${where} are made by people. Once you have looked at it:\n${fence(plan.command, 700)}`,
      ),
    ];
  }
  const reasons = plan.verdict.rules.filter((rule) => rule.denies).slice(0, 5);
  const said = reasons.map((rule) => `• ${prose(rule.says, 200)}`).join('\n');
  return [
    section(`firstmate will not do this:\n${said === '' ? '• no rule allows it' : said}`),
    section(`To do it yourself, after a look at the rules:\n${fence(plan.command, 700)}`),
  ];
}

function askedBy(plan: Plan): string {
  const { requestedBy } = plan;
  if (requestedBy.kind === 'firstmate') {
    return plan.runbook === null ? 'firstmate' : `firstmate, by runbook ${code(plan.runbook.name, 120)}`;
  }
  return prose(requestedBy.name, 120);
}

/** Whether a later plan of the incident asks for the same change: then this card is history. */
function superseded(incident: Incident, plan: Plan): boolean {
  const later = incident.plans.slice(incident.plans.findIndex((state) => state.plan.id === plan.id) + 1);
  return later.some((state) => proposalKey(state.plan) === proposalKey(plan));
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

function buttons(incident: Incident, state: PlanState): readonly Button[] {
  const { plan } = state;
  const details = button({ action: ACTION.showPlan, label: 'Details', value: plan.id });
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
        details,
      ];
    case 'expired':
    case 'voided':
    case 'failed':
    case 'indeterminate':
      return superseded(incident, plan)
        ? [details]
        : [button({ action: ACTION.refresh, label: 'Refresh', value: plan.id, style: 'primary' }), details];
    case 'succeeded':
      return [
        // The header is far up by now: who looks at the result is asked here too.
        ...(incident.status === 'monitoring' || isDoneWithoutAlert(incident, state)
          ? [button({ action: ACTION.resolve, label: 'Resolve', value: incident.id, style: 'primary' })]
          : []),
        ...(plan.inverse === null ? [] : [button({ action: ACTION.undo, label: 'Undo', value: plan.id })]),
        details,
      ];
    case 'denied':
      return [];
    default:
      return [details];
  }
}
