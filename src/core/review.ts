import { auditRecords } from './audit-record.ts';
import type { EventType, TimelineEvent } from './events.ts';
import { alertTotal, type Incident } from './incident.ts';
import { objectName } from './kube.ts';
import { code, md, table } from './markdown.ts';
import { dateAndTime, timeOfDay } from './one-line.ts';
import { sentence, who } from './timeline-text.ts';

/** Left out of the table of times: their ends say the same, or nobody asks. */
/** Told in sections of their own, or of no use to a reader. */
const QUIET: readonly EventType[] = [
  'step.started',
  'step.finished',
  'finding.raised',
  'hypothesis.ruled_out',
  'plan.shown',
  'write.started',
  'review.published',
];
/** A storm's timeline is told by its beginning and its end. */
const MOST_LINES = 120;

/** The review of one incident as Markdown; all times in UTC. Texts of others cannot break out of their place. */
export function review(incident: Incident, events: readonly TimelineEvent[]): string {
  const sections = [
    `# ${incident.id}: ${md(incident.title)}`,
    facts(incident),
    '## What happened',
    summary(incident),
    '## How long it took',
    durations(incident, events),
    '## When (UTC)',
    timeline(events),
    '## Alerts',
    alerts(incident),
    '## Evidence',
    evidence(incident),
    '## Hypotheses',
    hypotheses(incident, events),
    '## Who decided what',
    decisions(incident),
    '## Changes',
    changes(events),
    ...glass(events),
    ...(incident.notes.length === 0 ? [] : ['## Notes', notes(incident)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function facts(incident: Incident): string {
  const lines = [
    `**Cluster:** ${md(incident.cluster)}`,
    `**Severity:** ${incident.severity} (${md(incident.because)})`,
    `**Service:** ${incident.service === null ? 'unknown' : md(incident.service)}, owner ${incident.owner === null ? 'unknown' : md(incident.owner)}`,
    `**Lead:** ${incident.lead === null ? 'nobody' : md(incident.lead.name)}`,
    `**Opened:** ${dateAndTime(incident.openedAt)}`,
    `**Resolved:** ${incident.resolvedAt === null ? 'not yet' : `${dateAndTime(incident.resolvedAt)}: ${md(incident.resolvedBecause ?? '')}`}`,
  ];
  return list(lines, '');
}

function summary(incident: Incident): string {
  const { runbook, diagnosis, failedProposals } = incident;
  const lines = [
    runbook === null
      ? 'No runbook ran.'
      : `Runbook ${md(runbook.runbook)}${runbook.fallback ? ' ran because no other takes this alert' : ''}: ${md(runbook.reason)}`,
    diagnosis === null ? 'The diagnosis did not come to an end.' : `Diagnosis: ${md(diagnosis.says)}`,
    ...failedProposals.map(({ action, says }) => `No plan for ${md(action)}: ${md(says)}`),
  ];
  return list(lines, '');
}

function durations(incident: Incident, events: readonly TimelineEvent[]): string {
  const first = (type: EventType): string | undefined =>
    events.find((event) => event.type === type)?.occurredAt;
  const rows: [string, string | null | undefined][] = [
    ['to the first finding', first('finding.raised')],
    ['to the approval', first('plan.approved')],
    ['to the resolution', incident.resolvedAt],
  ];
  return table(
    ['from the opening', 'time'],
    rows.map(([name, end]) => [
      name,
      end == null ? 'none' : duration(Date.parse(end) - Date.parse(incident.openedAt)),
    ]),
  );
}

/** `1 h 2 min`, `3 min 20 s`, `12 s`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [h, min, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}

function timeline(events: readonly TimelineEvent[]): string {
  const lines = events
    .filter((event) => !QUIET.includes(event.type))
    .map((event) => [dateAndTime(event.occurredAt), md(who(event.actor), 80), md(sentence(event))]);
  const left = lines.length - MOST_LINES;
  const shown =
    left <= 0
      ? lines
      : [
          ...lines.slice(0, MOST_LINES / 2),
          ['…', '', `${left} more, see the timeline`],
          ...lines.slice(-MOST_LINES / 2),
        ];
  return table(['time', 'who', 'what'], shown);
}

function alerts(incident: Incident): string {
  const episodes = Object.values(incident.alerts);
  const total = alertTotal(incident);
  const rows = episodes
    .slice(0, MOST_LINES)
    .map((alert) => [
      md(alert.labels.alertname ?? alert.fingerprint),
      md(alert.source),
      dateAndTimeOrText(alert.startsAt),
      alert.status === 'firing' ? 'still fires' : dateAndTimeOrText(alert.endsAt ?? 'over'),
    ]);
  const more = total > rows.length ? `\n\nAnd ${total - rows.length} more.` : '';
  return rows.length === 0 ? 'None.' : `${table(['alert', 'source', 'since', 'until'], rows)}${more}`;
}

/** A source's own time, which may be anything. */
function dateAndTimeOrText(time: string): string {
  return Number.isNaN(Date.parse(time)) ? md(time, 40) : dateAndTime(time);
}

function evidence({ steps, findings }: Incident): string {
  return list([
    ...steps.map(({ id, command, result }) => {
      const said = result === null ? 'did not finish' : `${result.status}: ${md(result.summary)}`;
      return `${md(id)} ${code(command)} ${said}`;
    }),
    ...findings.map(
      ({ kind, object, says, evidence: seen }) =>
        `${md(kind)} on ${md(objectName(object))}: ${md(says)} (seen in ${md(seen.join(', '))})`,
    ),
  ]);
}

function hypotheses(incident: Incident, events: readonly TimelineEvent[]): string {
  const raised = incident.hypotheses.map(
    ({ says, confidence, category, evidence: seen, ruledOut }) =>
      `${md(says)} (${confidence} confidence, ${category.replaceAll('_', ' ')}; evidence: ${md(seen.join(', '))})` +
      (ruledOut === null ? '' : `; ruled out: ${md(ruledOut)}`),
  );
  const known = new Set(incident.hypotheses.map(({ id }) => id));
  const others = events
    .filter((event) => event.type === 'hypothesis.ruled_out')
    .filter(({ payload }) => !known.has(payload.id))
    .map(({ payload }) => `Looked for and not found: ${md(payload.id)} (${md(payload.because)})`);
  return list([...raised, ...others]);
}

function decisions({ plans }: Incident): string {
  const rows = plans.flatMap(({ plan, votes }) =>
    votes.map((vote) => [
      timeOfDay(vote.at),
      `${md(vote.name)} (${md(vote.teams.join(', '))})`,
      vote.vote === 'approve' ? 'approved' : 'rejected',
      md(plan.command),
      md(vote.reason ?? ''),
    ]),
  );
  const undecided = plans
    .filter(({ votes }) => votes.length === 0)
    .map(
      ({ plan, status, says }) => `Plan ${code(plan.command)} ${status}${says === '' ? '' : `: ${md(says)}`}`,
    );
  const parts = [
    ...(rows.length === 0 ? [] : [table(['time', 'who', 'vote', 'plan', 'reason'], rows)]),
    ...(undecided.length === 0 ? [] : [list(undecided)]),
  ];
  return parts.length === 0 ? 'Nothing was to be decided.' : parts.join('\n\n');
}

/** The audit records as YAML: a JSON text is one, and has no line ends that could close the block. */
function changes(events: readonly TimelineEvent[]): string {
  const executed = auditRecords(events).filter((audited) => audited.executed);
  if (executed.length === 0) return 'Nothing was changed.';
  return executed
    .map(({ plan, record }) => {
      const lines = Object.entries(record).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
      return [`What ran: ${code(plan.command)}`, `\`\`\`yaml\n${lines.join('\n')}\n\`\`\``].join('\n\n');
    })
    .join('\n\n');
}

/** Whoever lifted rules is asked about it afterwards. */
function glass(events: readonly TimelineEvent[]): readonly string[] {
  const broken = events.filter((event) => event.type === 'break_glass.started');
  if (broken.length === 0) return [];
  const under = auditRecords(events).filter(
    ({ plan, executed }) => executed && plan.verdict.breakGlass !== undefined,
  );
  const lines = [
    ...broken.map(
      ({ occurredAt, payload }) =>
        `${md(payload.name)} broke the glass at ${dateAndTime(occurredAt)} until ${timeOfDay(payload.until)}: ${md(payload.reason)}`,
    ),
    ...under.map(({ plan }) => `Under it ran ${code(plan.command)}`),
    ...(under.length === 0 ? ['Nothing ran under it.'] : []),
    'To talk about: was it needed, and which rule should be another one?',
  ];
  return ['## The glass was broken', list(lines)];
}

function notes(incident: Incident): string {
  return list(incident.notes.map(({ at, by, text }) => `${timeOfDay(at)} ${md(by)}: ${md(text, 1_000)}`));
}

function list(items: readonly string[], none = 'None.'): string {
  return items.length === 0 ? none : items.map((item) => `- ${item}`).join('\n');
}
