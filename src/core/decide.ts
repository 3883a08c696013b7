import { sameSlackUser } from './actor.ts';
import { decideAlerts, isAlertCommand } from './decide-alerts.ts';
import { endGlass, startGlass, takesPlace } from './decide-break-glass.ts';
import { decidePlan } from './decide-plan.ts';
import { type About, alreadySo, type Command, type MakeEvent, type Refusal, refuse } from './decision.ts';
import { MANUAL } from './declared.ts';
import { endIncident } from './end-incident.ts';
import { type EventPayloads, type EventType, type NewEvent, newEvent } from './events.ts';
import { firingCount, type Incident, isUnplaced } from './incident.ts';
import { planHash, proposalKey } from './plan.ts';

/** The events that a command leads to in this state, or why it leads to none. Pure: every fact is in the command. */
export function decide(state: Incident, command: Command, about: About): readonly NewEvent[] | Refusal {
  const event = <T extends EventType>(type: T, payload: EventPayloads[T], at = about.now): NewEvent =>
    newEvent(type, payload, { occurredAt: at, actor: about.actor, cause: about.cause });

  if (isAlertCommand(command)) return decideAlerts(state, command, event);
  switch (command.do) {
    case 'request_channel':
      return state.visibility === 'channel' ? alreadySo() : [event('channel.requested', { by: command.by })];
    case 'note_channel':
      if (state.channel !== null) return alreadySo();
      return [event('channel.opened', { channel: command.channel, name: command.name })];
    case 'match':
      return state.runbook === null ? [event('runbook.matched', command.match)] : alreadySo();
    case 'start_step':
      if (state.steps.some((step) => step.id === command.step)) return alreadySo();
      return [event('step.started', { step: command.step, command: command.command })];
    case 'finish_step': {
      const step = state.steps.find((candidate) => candidate.id === command.result.step);
      if (step === undefined || step.result !== null) return alreadySo();
      const known = new Set(state.findings.map((finding) => finding.id));
      const news = command.findings.filter((finding) => !known.has(finding.id));
      return [
        event('step.finished', command.result),
        ...news.map((finding) => event('finding.raised', { finding })),
      ];
    }
    case 'conclude':
      if (state.diagnosis !== null) return alreadySo();
      return [
        ...command.hypotheses.map((hypothesis) => event('hypothesis.raised', hypothesis)),
        ...command.ruledOut.map((ruledOut) => event('hypothesis.ruled_out', ruledOut)),
        event('diagnosis.finished', { says: command.says }),
      ];
    case 'propose':
      return propose(state, command, event);
    case 'fail_proposal':
      if (state.failedProposals.some((failed) => failed.action === command.action)) return alreadySo();
      return [event('plan.failed', { action: command.action, says: command.says })];
    case 'note_spoke':
      return state.personActed ? alreadySo() : [event('person.spoke', { name: command.name })];
    case 'take': {
      const { slack: user, name } = command.person;
      if (state.lead !== null && sameSlackUser(state.lead.user, user))
        return alreadySo('You lead this incident already.');
      return [event('role.assigned', { role: 'lead', user, name })];
    }
    case 'note':
      if (command.ref !== null && state.notes.some((note) => note.ref === command.ref)) return alreadySo();
      return [
        event(
          'note.added',
          { text: command.text, by: command.by, ref: command.ref },
          command.at ?? about.now,
        ),
      ];
    case 'set_status': {
      if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved.`);
      if (state.status === command.to) return alreadySo();
      return [event('status.changed', { from: state.status, to: command.to, because: command.because })];
    }
    case 'break_glass':
      return startGlass(state, command.glass, event);
    case 'end_break_glass':
      return endGlass(state, command.because, event);
    case 'pick_cluster':
      if (state.cluster === command.cluster) return alreadySo();
      if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved.`);
      if (!isUnplaced(state) && !state.clusterPicked && state.source !== MANUAL)
        return refuse('cluster_known', `${state.source} is bound to ${state.cluster}: that is the cluster.`);
      if (state.plans.some((plan) => ['proposed', 'approved', 'executing'].includes(plan.status)))
        return refuse('another_plan', 'A plan for the present cluster is still open. Decide that one first.');
      return [
        // It was broken for the cluster that everybody was told of.
        ...(state.breakGlass === null
          ? []
          : [event('break_glass.ended', { because: 'The incident is in another cluster.' })]),
        event('cluster.picked', { cluster: command.cluster }),
      ];
    case 'set_severity':
      if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved.`);
      if (state.severity === command.to) return alreadySo();
      return [event('severity.changed', { from: state.severity, to: command.to, because: command.because })];
    case 'resolve':
      return resolve(state, command, event);
    case 'reopen':
      if (state.status !== 'resolved')
        return refuse('not_resolved', `${state.id} is ${state.status}, not resolved.`);
      if (state.mergedInto !== null)
        return refuse('moved', `${state.id} was merged into ${state.mergedInto}. Split it off there.`);
      return [event('incident.reopened', { because: command.because })];
    case 'publish_review':
      return state.review === null
        ? [event('review.published', { markdown: command.markdown })]
        : alreadySo();
    default:
      return decidePlan(state, command, about.now, event);
  }
}

function propose(
  state: Incident,
  command: Extract<Command, { do: 'propose' }>,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved.`);
  const { plan } = command;
  if (planHash(plan) !== plan.hash) throw new Error(`plan ${plan.id} does not have its own hash`);
  const key = proposalKey(plan);
  const same = state.plans.filter((other) => proposalKey(other.plan) === key);
  const waiting = state.plans.find((other) => ['proposed', 'approved', 'executing'].includes(other.status));
  const replaced = waiting !== undefined && command.asked && takesPlace(plan, waiting) ? waiting : null;
  if (waiting !== undefined && replaced === null) {
    return refuse('another_plan', 'Another plan of this incident is still open. Decide that one first.');
  }
  const rejected = same.find((other) => other.status === 'rejected');
  if (rejected !== undefined && !command.asked) {
    return refuse('rejected_before', `The same change was rejected before: ${rejected.says}`);
  }
  const voided =
    replaced === null
      ? []
      : [
          event('plan.voided', {
            plan: replaced.plan.id,
            reason: 'A plan under the broken glass took its place',
          }),
        ];
  const proposed = [...voided, event('plan.proposed', { plan })];
  if (!plan.verdict.allowed || plan.verdict.automatic !== true) return proposed;
  return [...proposed, event('plan.approved', { plan: plan.id, hash: plan.hash, approvedBy: [] })];
}

function resolve(
  state: Incident,
  command: Extract<Command, { do: 'resolve' }>,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  const firing = firingCount(state);
  if (state.status !== 'resolved' && firing > 0 && !command.force) {
    return refuse('still_firing', `${firing} of its alerts still fire${firing === 1 ? 's' : ''}.`);
  }
  return endIncident(state, command.because, 'The incident is resolved.', event);
}
