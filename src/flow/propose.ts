import type { Actor } from '../core/actor.ts';
import { FIRSTMATE } from '../core/actor.ts';
import { commandLine } from '../core/command/command-line.ts';
import { parseArgv, parseCommand } from '../core/command/parse.ts';
import { type PlanId, planId } from '../core/ids.ts';
import { type Incident, planOf } from '../core/incident.ts';
import { UNDO, undoOf } from '../core/next.ts';
import { type ActionType, actionTypeOf, type WriteOperation } from '../core/operation.ts';
import { type Draft, type Plan, planHash } from '../core/plan.ts';
import type { Clusters } from '../core/ports/cluster.ts';
import { refreshRefused, undoRefused } from '../core/refresh.ts';
import type { RunbookAction } from '../core/runbook.ts';
import { type Acted, type Acting, act } from './act.ts';
import { fillInputs } from './investigate.ts';
import { groupsOf, type Judging, judgeChange } from './judge-change.ts';

export type Proposing = Acting &
  Judging & {
    readonly clusters: Pick<Clusters, 'rehearser'>;
    readonly planValidMs: number;
    /** An unguessable id: it is all that a button carries. */
    readonly newPlanId: () => string;
  };

const REHEARSAL_TIMEOUT_MS = 15_000;

/** What a plan is made of before the cluster was asked. */
type Wish = {
  readonly action: string;
  /** How a failure is remembered. */
  readonly remembered: string;
  readonly type: ActionType;
  readonly operation: WriteOperation;
  readonly command: string;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly hypothesis: string | null;
  readonly runbook: Plan['runbook'];
  readonly validate: Plan['validate'];
  readonly groups: readonly string[];
  readonly requestedBy: Actor;
  /** Whether a person asked for it: then a rejection before does not stop it. */
  readonly asked: boolean;
};

/** Makes the plan that a hypothesis proposes: the runbook's typed action, rehearsed, judged, frozen. */
export async function propose(
  proposing: Proposing,
  incident: Incident,
  wanted: { hypothesis: string; action: string },
  stop: AbortSignal,
): Promise<void> {
  const wish = wishFor(proposing, incident, wanted, { actor: FIRSTMATE, asked: false });
  if ('says' in wish) {
    await act(
      proposing,
      incident.id,
      { do: 'fail_proposal', action: wanted.action, says: wish.says },
      { actor: FIRSTMATE, cause: null },
    );
    return;
  }
  await makePlan(proposing, incident, wish, stop);
}

/** Offers the captured state back after a change that did not help. */
export async function offerBack(
  proposing: Proposing,
  incident: Incident,
  plan: PlanId,
  requestedBy: Actor,
  stop: AbortSignal,
): Promise<Acted | null> {
  const state = planOf(incident, plan);
  const inverse = state?.plan.inverse ?? null;
  if (state === undefined || inverse === null) return null;
  const refused = undoRefused(incident, state);
  if (refused !== null)
    return { status: 'refused', refusal: { refused: 'already_so', says: refused }, incident };
  const because =
    state.validation?.passed === false
      ? `The change did not help: ${state.validation.says}`
      : 'Asked for by a person.';
  return makePlan(
    proposing,
    incident,
    {
      action: UNDO,
      remembered: undoOf(plan),
      // Its own word, not that of what it takes back: a cordon is taken back by an uncordon.
      type: actionTypeOf(inverse.operation) ?? state.plan.type,
      operation: inverse.operation,
      command: inverse.command,
      reason: `${because} ${inverse.says}`,
      evidence: state.plan.evidence,
      hypothesis: null,
      runbook: state.plan.runbook,
      validate: null,
      groups: groupsOf(proposing.catalog(), state.plan),
      requestedBy,
      asked: requestedBy.kind === 'human',
    },
    stop,
  );
}

/** A new plan in place of one that expired, was voided or failed without a trace. The old one stays as it is. */
export async function refreshPlan(
  proposing: Proposing,
  incident: Incident,
  plan: PlanId,
  requestedBy: Actor,
  stop: AbortSignal,
): Promise<Acted | null> {
  const state = planOf(incident, plan);
  if (state === undefined) return null;
  const refused = refreshRefused(incident, state, proposing.clock.now());
  if (refused !== null)
    return { status: 'refused', refusal: { refused: 'plan_decided', says: refused }, incident };
  const old = state.plan;
  const parsed = parseCommand(old.command);
  if (parsed.verdict === 'refuse' || parsed.verdict === 'read') return null;
  const runbook = proposing.catalog().runbooks.find((known) => known.name === old.runbook?.name);
  return makePlan(
    proposing,
    incident,
    {
      action: old.action,
      remembered: old.action,
      type: old.type,
      operation: old.operation,
      command: old.command,
      reason: old.reason,
      evidence: old.evidence,
      hypothesis: old.hypothesis,
      runbook: runbook === undefined ? old.runbook : { name: runbook.name, hash: runbook.hash },
      validate: old.validate,
      groups: groupsOf(proposing.catalog(), old),
      requestedBy,
      asked: true,
    },
    stop,
  );
}

function wishFor(
  proposing: Proposing,
  incident: Incident,
  wanted: { hypothesis: string; action: string },
  by: { actor: Actor; asked: boolean },
): Wish | { says: string } {
  const runbook = proposing.catalog().runbooks.find((known) => known.name === incident.runbook?.runbook);
  const action = runbook?.actions.find((known) => known.id === wanted.action);
  const hypothesis = incident.hypotheses.find((known) => known.id === wanted.hypothesis);
  if (runbook === undefined || action === undefined || hypothesis === undefined) {
    return { says: `The runbook has no action ${wanted.action} any more.` };
  }
  const filled = fillInputs(action.run, incident, runbook);
  if (!filled.ok) return filled;
  const parsed = parseArgv(filled.argv);
  if (parsed.verdict === 'refuse') return { says: parsed.reason };
  if (parsed.verdict === 'read') return { says: `${action.run} changes nothing.` };
  const validate = validationOf(action, incident, runbook);
  if (validate !== null && 'says' in validate) return validate;
  return {
    action: action.id,
    remembered: action.id,
    type: action.type,
    operation: parsed.operation,
    command: commandLine(parsed.operation),
    reason: hypothesis.says,
    evidence: hypothesis.evidence,
    hypothesis: hypothesis.id,
    runbook: { name: runbook.name, hash: runbook.hash },
    validate,
    groups: action.approvals.map((approval) => approval.group),
    requestedBy: by.actor,
    asked: by.asked,
  };
}

function validationOf(
  action: RunbookAction,
  incident: Incident,
  runbook: Parameters<typeof fillInputs>[2],
): Plan['validate'] | { says: string } {
  if (action.validate === null) return null;
  const filled = fillInputs(action.validate.run, incident, runbook);
  if (!filled.ok) return filled;
  return { command: filled.argv.join(' '), check: action.validate.check, withinMs: action.validate.withinMs };
}

async function makePlan(
  proposing: Proposing,
  incident: Incident,
  wish: Wish,
  stop: AbortSignal,
): Promise<Acted> {
  const about = { actor: wish.requestedBy, cause: null } as const;
  const failed = (says: string): Promise<Acted> =>
    act(proposing, incident.id, { do: 'fail_proposal', action: wish.remembered, says }, about);
  const rehearser = proposing.clusters.rehearser(incident.cluster);
  if (rehearser === undefined) return failed(`The cluster ${incident.cluster} is not configured.`);

  const id = planId(proposing.newPlanId());
  const now = proposing.clock.now();
  const rehearsal = await rehearser.rehearse(wish.operation, {
    plan: id,
    now,
    signal: stop,
    timeoutMs: REHEARSAL_TIMEOUT_MS,
  });
  if (rehearsal.status === 'failed') return failed(rehearsal.says);
  const plan = await planFrom(proposing, incident, wish, rehearsal.draft, id, stop);
  const proposed = await act(proposing, incident.id, { do: 'propose', plan, asked: wish.asked }, about);
  // Nobody waits for an answer of our own proposals: what stood in the way is written down.
  return proposed.status === 'refused' && !wish.asked ? failed(proposed.refusal.says) : proposed;
}

async function planFrom(
  proposing: Proposing,
  incident: Incident,
  wish: Wish,
  rehearsed: Draft,
  id: PlanId,
  stop: AbortSignal,
): Promise<Plan> {
  const { verdict, draft } = await judgeChange(proposing, {
    incident,
    change: { ...wish, draft: rehearsed, glass: true },
    stop,
  });
  const { objects, ...shown } = draft;
  const unhashed = {
    ...shown,
    // Kept only where a policy asks about them again before the change.
    ...(objects !== undefined && verdict.rules.some(({ rule }) => rule === 'policy.conditions')
      ? { objects }
      : {}),
    warnings: [
      ...verdict.rules.flatMap((rule) => (rule.warns ? [rule.says] : [])),
      ...draft.warnings.map((warning) => `the cluster warns: ${warning}`),
    ],
    id,
    incident: incident.id,
    cluster: incident.cluster,
    type: wish.type,
    action: wish.action,
    operation: wish.operation,
    command: wish.command,
    reason: wish.reason,
    evidence: wish.evidence,
    hypothesis: wish.hypothesis,
    runbook: wish.runbook,
    verdict,
    validate: wish.validate,
    requestedBy: wish.requestedBy,
    proposedAt: proposing.clock.now(),
    validForMs: Math.min(proposing.planValidMs, verdict.validForMs ?? proposing.planValidMs),
  };
  return { ...unhashed, hash: planHash(unhashed) };
}
