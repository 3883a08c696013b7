import { type AlertEpisode, alertNews } from './alert.ts';
import {
  type AlertCommand,
  alreadySo,
  type Command,
  isRefusal,
  type MakeEvent,
  type Refusal,
  refuse,
} from './decision.ts';
import { endIncident } from './end-incident.ts';
import type { NewEvent } from './events.ts';
import type { IncidentId } from './ids.ts';
import { firingCount, type Incident } from './incident.ts';
import { alertKey } from './incident-alerts.ts';
import { MOST_NAMED_ALERTS, MOST_NAMED_PROBLEMS, type Tally } from './problem.ts';
import { worse } from './severity.ts';

type Of<D extends Command['do']> = Extract<Command, { do: D }>;

const ALERT_COMMANDS: ReadonlySet<Command['do']> = new Set<AlertCommand['do']>([
  'tell_alert',
  'tell_truncated',
  'tell_tally',
  'tell_unreported',
  'tell_silence',
  'join',
  'split_off',
  'merge_into',
]);

export function isAlertCommand(command: Command): command is AlertCommand {
  return ALERT_COMMANDS.has(command.do);
}

/** What an incident's alerts and problems lead to. */
export function decideAlerts(
  state: Incident,
  command: AlertCommand,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  switch (command.do) {
    case 'tell_alert':
      return tellAlert(state, command, event);
    case 'tell_truncated': {
      const key = `${command.source} ${command.groupKey}`;
      if ((state.hidden[key] ?? 0) === command.hidden) return alreadySo();
      const { source, groupKey, hidden } = command;
      return [event('alerts.truncated', { source, groupKey, hidden })];
    }
    case 'tell_tally': {
      const { tally } = command;
      const named = Object.keys(state.alerts).length;
      if (state.tally === null ? tally.total <= named : same(state.tally, tally)) return alreadySo();
      return [event('alerts.counted', tally)];
    }
    case 'tell_unreported': {
      const { source, count, since } = command;
      if ((state.unreported[source]?.count ?? 0) === count) return alreadySo();
      return [event('alerts.unreported', { source, count, since })];
    }
    case 'tell_silence': {
      const { silence } = command;
      const known = state.silence;
      const unchanged =
        known === null || silence === null
          ? known === silence
          : known.by === silence.by && known.until === silence.until && known.alerts === silence.alerts;
      return unchanged ? alreadySo() : [event('alerts.silenced', { silence })];
    }
    case 'join':
      return join(state, command, event);
    case 'split_off': {
      if (!state.joined.some((known) => known.key === command.key))
        return refuse('unknown_problem', 'That problem is not part of this incident.');
      return [event('problem.split', { key: command.key, to: command.to })];
    }
    case 'merge_into':
      return mergeInto(state, command.into, event);
  }
}

function tellAlert(
  state: Incident,
  command: Of<'tell_alert'>,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  const { alert } = command;
  const elsewhere = state.mergedInto ?? state.apart[command.problem];
  if (elsewhere !== undefined) return refuse('moved', `It is told in ${elsewhere} now.`);
  const known = state.alerts[alertKey(alert)] ?? null;
  const news = alertNews(known, alert);
  const raised = raise(
    state,
    command,
    `${alert.labels.alertname ?? 'an alert'} is ${command.severity}`,
    event,
  );
  if (news.kind === 'resolved') {
    return [
      event('alert.resolved', { source: alert.source, fingerprint: alert.fingerprint, endsAt: alert.endsAt }),
    ];
  }
  if (news.kind === 'nothing') {
    // The same alert may have become worse: a pager's priority changes while it fires.
    return alert.status === 'firing' && news.reason === 'repeat' && raised.length > 0
      ? raised
      : refuse('already_so', news.reason);
  }
  // One that ends a quiet time is named, too: the counts come a moment later.
  const named =
    known !== null || firingCount(state) === 0 || Object.keys(state.alerts).length < MOST_NAMED_ALERTS;
  if (!named) return raised.length > 0 ? raised : refuse('already_so', 'It is counted.');
  const { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl } = alert;
  const episode: AlertEpisode = {
    source,
    fingerprint,
    status,
    startsAt,
    endsAt,
    labels,
    annotations,
    generatorUrl,
  };
  const problem = command.problem === state.correlationKey ? null : command.problem;
  return [event('alert.fired', { alert: episode, reason: news.reason, problem }), ...raised];
}

function join(state: Incident, command: Of<'join'>, event: MakeEvent): readonly NewEvent[] | Refusal {
  const { problem } = command;
  const elsewhere = state.mergedInto ?? (problem.by === 'person' ? undefined : state.apart[problem.key]);
  if (elsewhere !== undefined) return refuse('moved', `It is told in ${elsewhere} now.`);
  const known =
    problem.key === state.correlationKey || state.joined.some((joined) => joined.key === problem.key);
  const because = `${problem.title} is ${problem.severity}`;
  // What joins is news, whatever people made of the other problems.
  const raised = raise(known ? state : { ...state, severityTold: state.severity }, command, because, event);
  // What people bring is always written down: they may want to take it out again.
  const counted = state.joined.length >= MOST_NAMED_PROBLEMS && problem.by !== 'person';
  if (known || counted) return raised.length > 0 ? raised : alreadySo();
  return [event('problem.joined', { problem }), ...raised];
}

/** One append: an incident is never merged and still open, nor ended without saying where it went. */
function mergeInto(state: Incident, into: IncidentId, event: MakeEvent): readonly NewEvent[] | Refusal {
  if (state.mergedInto !== null) return alreadySo(`${state.id} is merged into ${state.mergedInto} already.`);
  if (into === state.id) return alreadySo(`${into} is this incident.`);
  const ending = endIncident(state, `Merged into ${into}.`, `The incident is merged into ${into}.`, event);
  return isRefusal(ending) ? ending : [event('incident.merged', { into }), ...ending];
}

/** Never lowered by alerts, and raised only by what is worse than all that they told: the rest is for people. What would open a channel opens that of a watching incident. */
function raise(
  state: Incident,
  { severity, opens, held = null }: Of<'tell_alert' | 'join'>,
  because: string,
  event: MakeEvent,
): readonly NewEvent[] {
  const isNews = worse(state.severityTold, severity) !== state.severityTold;
  const to = isNews ? worse(state.severity, severity) : state.severity;
  const watching = state.visibility === 'line' && state.status !== 'resolved';
  return [
    ...(to === state.severity ? [] : [event('severity.changed', { from: state.severity, to, because })]),
    ...(watching && opens === 'channel' ? [event('channel.requested', { by: because })] : []),
    ...(watching && held !== null && isLater(held, state.held) ? [event('channel.held', held)] : []),
  ];
}

function isLater(held: NonNullable<Incident['held']>, than: Incident['held']): boolean {
  return than === null || Date.parse(held.until) > Date.parse(than.until);
}

function same(a: Tally, b: Tally): boolean {
  return (
    a.firing === b.firing &&
    a.total === b.total &&
    a.problems === b.problems &&
    a.last === b.last &&
    a.worst === b.worst
  );
}
