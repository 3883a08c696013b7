import { type Actor, actorName } from './actor.ts';
import type { EventNamed, TimelineEvent } from './events.ts';
import { oneLine, timeOfDay } from './one-line.ts';

/** One plain line for one event, its time in UTC: `02:07:03 approved by ada (sre-leads)`. */
export function describe(event: TimelineEvent): string {
  return `${timeOfDay(event.occurredAt)} ${sentence(event)}`;
}

/** What happened, without its time. Texts of others are bounded and kept to the line. */
export function sentence(event: TimelineEvent): string {
  return oneLine(say(event), 400);
}

/** How a person is called in a line; programs and their kind otherwise. */
export function who(actor: Actor): string {
  return actor.kind === 'human' ? actor.name : actorName(actor);
}

function say(event: TimelineEvent): string {
  switch (event.type) {
    case 'alert.fired': {
      const { alert, reason } = event.payload;
      const again = reason === 'new_episode' ? ' again' : '';
      return `alert ${alert.labels.alertname ?? 'without a name'} fires${again} (${alert.source} ${alert.fingerprint})`;
    }
    case 'alert.resolved':
      return `alert ${event.payload.source} ${event.payload.fingerprint} is over`;
    case 'alerts.truncated':
      return event.payload.hidden > 0
        ? `${event.payload.source} left out ${event.payload.hidden} alerts of this group, so none of it counts as over`
        : `${event.payload.source} tells all alerts of this group again`;
    case 'alerts.counted': {
      const { firing, total, problems, first, last, worst } = event.payload;
      return `${firing} of ${total} alerts fire, ${problems} problems (first ${first}, last ${last}, worst ${worst})`;
    }
    case 'alerts.unreported': {
      const { source, count, since } = event.payload;
      return count === 0
        ? `${source} reports all alerts again`
        : `${count} alerts are no longer reported by ${source} since ${timeOfDay(since)}; that is not their end`;
    }
    case 'alerts.silenced': {
      const { silence } = event.payload;
      return silence === null
        ? 'no silence covers its alerts any more'
        : `${silence.alerts} alerts are silenced by ${silence.by} until ${silence.until}: ${silence.comment}`;
    }
    case 'problem.joined':
      return `${event.payload.problem.title} joined: ${event.payload.problem.because}`;
    case 'problem.split':
      return `${who(event.actor)} took ${event.payload.key} out into ${event.payload.to}`;
    case 'incident.merged':
      return `merged into ${event.payload.into} by ${who(event.actor)}`;
    case 'break_glass.started': {
      const { name, until, reason, teams } = event.payload;
      return `${name} broke the glass until ${timeOfDay(until)} UTC, so freezes and hourly limits do not hold and one of ${teams.join(', ')} approves alone: ${reason}`;
    }
    case 'break_glass.ended':
      return `the glass is whole again: ${event.payload.because}`;
    case 'cluster.picked':
      return `${who(event.actor)} says that the cluster is ${event.payload.cluster}`;
    case 'incident.opened': {
      const { title, severity, cluster, because } = event.payload;
      return `incident opened: ${title} (${severity}, ${cluster}; ${because})`;
    }
    case 'channel.requested':
      return `channel asked for by ${event.payload.by}`;
    case 'channel.held':
      return `no channel until ${event.payload.until}: ${event.payload.because}`;
    case 'channel.opened':
      return `channel #${event.payload.name} opened`;
    case 'runbook.matched':
      return event.payload.fallback
        ? `no runbook takes this alert, ${event.payload.runbook} runs: ${event.payload.reason}`
        : `runbook ${event.payload.runbook} matched: ${event.payload.reason}`;
    case 'step.started':
      return `step ${event.payload.step} started: ${event.payload.command}`;
    case 'step.finished':
      return `step ${event.payload.step} ${STEP_WORDS[event.payload.status]}: ${event.payload.summary}`;
    case 'finding.raised':
      return `found: ${event.payload.finding.says}`;
    case 'hypothesis.raised':
      return `hypothesis ${event.payload.id} (${event.payload.confidence} confidence): ${event.payload.says}`;
    case 'hypothesis.ruled_out':
      return `hypothesis ${event.payload.id} ruled out: ${event.payload.because}`;
    case 'diagnosis.finished':
      return `diagnosis: ${event.payload.says}`;
    case 'role.assigned':
      return `${event.payload.name} leads`;
    case 'severity.changed':
      return `severity ${event.payload.from} is now ${event.payload.to}: ${event.payload.because}`;
    case 'status.changed':
      return `status ${event.payload.from} is now ${event.payload.to}: ${event.payload.because}`;
    case 'person.spoke':
      return `${event.payload.name} speaks in the channel`;
    case 'note.added':
      return `note by ${event.payload.by}: ${event.payload.text}`;
    case 'incident.resolved':
      return `incident resolved: ${event.payload.because}`;
    case 'incident.reopened':
      return `incident reopened: ${event.payload.because}`;
    case 'review.published':
      return 'review published';
    case 'writes.paused':
      return `writes paused by ${who(event.actor)}: ${event.payload.reason}`;
    case 'writes.resumed':
      return `writes resumed by ${who(event.actor)}: ${event.payload.reason}`;
    case 'source.silent':
      return `${event.payload.source} has not sent its Watchdog since ${timeOfDay(event.payload.since)} UTC: alerts may not be arriving. Check Prometheus, Alertmanager and the route to firstmate`;
    case 'source.heard':
      return `${event.payload.source} sends its Watchdog again`;
    case 'request.refused': {
      const { method, path, cluster, says } = event.payload;
      return `request ${method} ${path} to ${cluster} refused: ${says}`;
    }
    default:
      return sayOfPlan(event);
  }
}

const STEP_WORDS = {
  ok: 'done',
  check_failed: 'done, its check does not hold',
  failed: 'failed',
  skipped: 'skipped',
} as const satisfies { [S in EventNamed<'step.finished'>['payload']['status']]: string };

type OfPlan = Extract<
  TimelineEvent,
  {
    type:
      | `plan.${string}`
      | `vote.${string}`
      | `execution.${string}`
      | `write.${string}`
      | `validation.${string}`;
  }
>;

function sayOfPlan(event: OfPlan): string {
  switch (event.type) {
    case 'plan.proposed': {
      const { id, command, verdict, cluster } = event.payload.plan;
      const denial = verdict.rules.find((rule) => rule.denies);
      return verdict.allowed
        ? `plan ${id} proposed: ${command} in ${cluster}`
        : `plan ${id} denied: ${command} in ${cluster}: ${denial?.says ?? 'no rule allows it'}`;
    }
    case 'plan.failed':
      return `no plan for ${event.payload.action}: ${event.payload.says}`;
    case 'plan.shown':
      return `plan ${event.payload.plan} shown, open until ${timeOfDay(event.payload.expiresAt)}`;
    case 'vote.cast': {
      const { vote, voter, teams, reason } = event.payload;
      const name = event.actor.kind === 'human' ? event.actor.name : voter.user;
      const by = teams.length === 0 ? name : `${name} (${teams.join(', ')})`;
      const why = reason === null || reason === '' ? '' : `: ${reason}`;
      return `${vote === 'approve' ? 'approved' : 'rejected'} by ${by}${why}`;
    }
    case 'plan.approved':
      return event.payload.approvedBy.length === 0
        ? `plan ${event.payload.plan} needs nobody's approval, its policy says`
        : `plan ${event.payload.plan} has the approvals it needs`;
    case 'plan.rejected':
      return `plan ${event.payload.plan} rejected: ${event.payload.reason}`;
    case 'plan.expired':
      return `plan ${event.payload.plan} expired`;
    case 'plan.voided':
      return `plan ${event.payload.plan} voided: ${event.payload.reason}`;
    case 'execution.started':
      return `execution of plan ${event.payload.plan} started`;
    case 'write.started':
      return `request ${event.payload.index + 1} leaves (attempt ${event.payload.attempt})`;
    case 'write.finished': {
      const { index, outcome, status, says } = event.payload;
      const answer = status === null ? '' : ` (${status})`;
      return `request ${index + 1} ${WRITE_WORDS[outcome]}${answer}: ${says}`;
    }
    case 'execution.finished':
      return `execution ${event.payload.outcome}: ${event.payload.says}`;
    case 'execution.indeterminate':
      return `execution indeterminate, people must look: ${event.payload.says}`;
    case 'validation.passed':
      return `validation passed: ${event.payload.says}`;
    case 'validation.failed':
      return `validation failed: ${event.payload.says}`;
  }
}

const WRITE_WORDS = {
  applied: 'applied',
  refused: 'refused by the server',
  not_sent: 'not sent',
  unknown: 'without a known end',
} as const satisfies { [O in EventNamed<'write.finished'>['payload']['outcome']]: string };
