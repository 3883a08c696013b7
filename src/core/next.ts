import type { PlanId } from './ids.ts';
import { alertTotal, firingCount, type Incident, isUnplaced } from './incident.ts';
import { proposalKey } from './plan.ts';
import type { PlanState } from './plan-state.ts';

/** Something that firstmate has to do now for an incident. Read off the state alone, so a restart forgets nothing. */
export type Work =
  | { readonly do: 'match' }
  | { readonly do: 'investigate' }
  | { readonly do: 'propose'; readonly hypothesis: string; readonly action: string }
  | { readonly do: 'execute'; readonly plan: PlanId }
  | { readonly do: 'expire'; readonly plan: PlanId }
  | { readonly do: 'validate'; readonly plan: PlanId }
  | { readonly do: 'miss_clearing'; readonly plan: PlanId }
  | { readonly do: 'offer_back'; readonly plan: PlanId }
  | { readonly do: 'fire_again' }
  /** A maintenance window that held back the channel is over. */
  | { readonly do: 'let_go' }
  | { readonly do: 'end_break_glass' }
  | { readonly do: 'close' }
  | { readonly do: 'review' };

export function workKey(work: Work): string {
  return 'plan' in work
    ? `${work.do} ${work.plan}`
    : work.do === 'propose'
      ? `propose ${work.action}`
      : work.do;
}

export function nextWork(incident: Incident, now: string): readonly Work[] {
  const work: Work[] = [];
  for (const state of incident.plans) work.push(...planWork(incident, state, now));
  if (incident.status === 'resolved') return incident.review === null ? [...work, { do: 'review' }] : work;

  if (isUnplaced(incident)) {
    // Nothing is read or planned until a person says which cluster it is.
  } else if (incident.runbook === null) {
    if (mayStart(incident, now)) work.push({ do: 'match' });
  } else if (incident.diagnosis === null) {
    work.push({ do: 'investigate' });
  } else {
    const proposal = nextProposal(incident);
    if (proposal !== null) work.push(proposal);
  }
  if (incident.status === 'monitoring' && firingCount(incident) > 0) work.push({ do: 'fire_again' });
  if (reached(incident.breakGlass?.until ?? null, now)) work.push({ do: 'end_break_glass' });
  if (isHeld(incident) && firingCount(incident) > 0 && reached(incident.held?.until ?? null, now))
    work.push({ do: 'let_go' });
  if (incident.status === 'open' && reached(quietEnd(incident), now)) work.push({ do: 'close' });
  return work;
}

/** When something becomes due by time alone; null when only events can move the incident. */
export function wakeAt(incident: Incident): string | null {
  const times: (string | null)[] = [];
  for (const state of incident.plans) {
    if (state.status === 'proposed') times.push(state.expiresAt);
    times.push(clearingEnd(incident, state));
  }
  if (incident.status !== 'resolved') {
    if (incident.runbook === null && !isUnplaced(incident))
      times.push(plus(incident.openedAt, incident.timing.channelGraceMs));
    if (incident.status === 'open') times.push(quietEnd(incident));
    times.push(incident.breakGlass?.until ?? null);
    if (isHeld(incident)) times.push(incident.held?.until ?? null);
  }
  return times.filter((time) => time !== null).sort()[0] ?? null;
}

function isHeld(incident: Incident): boolean {
  return incident.held !== null && incident.visibility === 'line';
}

/** The channel comes first, so that people see the diagnosis arrive; where Slack is slow it starts without. */
function mayStart(incident: Incident, now: string): boolean {
  if (incident.visibility === 'line' || incident.channel !== null) return true;
  return reached(plus(incident.openedAt, incident.timing.channelGraceMs), now);
}

function planWork(incident: Incident, state: PlanState, now: string): readonly Work[] {
  const plan = state.plan.id;
  switch (state.status) {
    case 'proposed':
      return reached(state.expiresAt, now) ? [{ do: 'expire', plan }] : [];
    case 'approved':
    case 'executing':
      return [{ do: 'execute', plan }];
    case 'succeeded':
      if (incident.status === 'resolved') return [];
      if (state.plan.validate !== null && state.validation === null) return [{ do: 'validate', plan }];
      if (reached(clearingEnd(incident, state), now)) return [{ do: 'miss_clearing', plan }];
      return mustOfferBack(incident, state) ? [{ do: 'offer_back', plan }] : [];
    default:
      return [];
  }
}

/** One proposal at a time: the best hypothesis's first action that was not tried, refused or found impossible. */
function nextProposal(incident: Incident): Work | null {
  // A watching incident is only told of; a plan needs a place where people can see it.
  if (incident.visibility === 'line' || incident.clearSince !== null) return null;
  const plans = incident.plans.filter((state) => state.round === incident.round);
  if (plans.some((state) => state.status !== 'rejected')) return null;
  for (const hypothesis of incident.hypotheses) {
    if (hypothesis.ruledOut !== null) continue;
    for (const action of hypothesis.propose) {
      const tried =
        plans.some((state) => state.plan.action === action) ||
        incident.failedProposals.some((failed) => failed.action === action);
      if (!tried) return { do: 'propose', hypothesis: hypothesis.id, action };
    }
  }
  return null;
}

function mustOfferBack(incident: Incident, state: PlanState): boolean {
  if (state.validation?.passed !== false || state.plan.inverse === null || state.plan.action === UNDO)
    return false;
  const back = proposalKey({ cluster: state.plan.cluster, operation: state.plan.inverse.operation });
  const offered = incident.plans.some((other) => proposalKey(other.plan) === back);
  const failed = incident.failedProposals.some((other) => other.action === undoOf(state.plan.id));
  return !offered && !failed;
}

/** The action of a plan that takes another one back. */
export const UNDO = 'undo-change';
/** How a failed attempt to draft that plan is remembered. */
export function undoOf(plan: PlanId): string {
  return `${UNDO} ${plan}`;
}

/** Until when the alerts may go on firing after a change; null when nothing waits for them. */
function clearingEnd(incident: Incident, state: PlanState): string | null {
  if (incident.status === 'resolved' || state.status !== 'succeeded' || state.finishedAt === null)
    return null;
  if (state.validation?.passed === false || incident.clearSince !== null || state.plan.action === UNDO)
    return null;
  // Where no alert was told, none can clear.
  if (alertTotal(incident) === 0) return null;
  return plus(state.finishedAt, incident.timing.clearingMs);
}

function quietEnd(incident: Incident): string | null {
  return incident.clearSince === null ? null : plus(incident.clearSince, incident.timing.quietMs);
}

function plus(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

function reached(time: string | null, now: string): boolean {
  return time !== null && Date.parse(time) <= Date.parse(now);
}
