import {
  alertTotal,
  firingCount,
  type Incident,
  isUnplaced,
  ownProblem,
  problemCount,
} from '../../core/incident.ts';
import { type JoinedProblem, type Problem, problemToken, RANKS } from '../../core/problem.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { type Block, type Button, button, section } from './blocks.ts';
import { ACTION } from './facts.ts';
import { count, lines, prose, when } from './text.ts';

const MOST_NAMED = 5;
const ROOM = 2_500;

/** How many alerts an incident speaks of, for lists. */
export function alertCount(incident: Incident): string {
  const problems = problemCount(incident);
  const many = problems > 1 ? `, ${problems} problems` : '';
  return `${count(firingCount(incident), 'alert')} firing${many}`;
}

/** `412 alerts firing, 3 problems; control plane first`. */
export function alertSummary(incident: Incident): string {
  if (incident.mergedInto !== null) return `told in ${incident.mergedInto}`;
  if (alertTotal(incident) === 0) return 'none';
  const resolved = alertTotal(incident) - firingCount(incident);
  const hidden = Object.values(incident.hidden).reduce((sum, number) => sum + number, 0);
  const all = [
    alertCount(incident),
    ...(resolved === 0 ? [] : [`${resolved} resolved`]),
    ...(hidden === 0 ? [] : [`${hidden} more that the source left out`]),
  ].join(', ');
  const first = problemCount(incident) > 1 ? FIRST[worstFirst(incident)[0]?.rank ?? 'other'] : '';
  return first === '' ? all : `${all}; ${first} first`;
}

const FIRST = { control_plane: 'control plane', node: 'nodes', workload: '', other: '' } as const;

/** What is wrong, what others hang on first, and why the others are told here. */
export function problemList(incident: Incident): readonly Block[] {
  if (incident.joined.length === 0 || incident.mergedInto !== null) return [];
  const named = worstFirst(incident).slice(0, MOST_NAMED);
  const more = problemCount(incident) - named.length;
  const said = named.map((problem) => {
    const why = 'because' in problem ? `: ${prose(problem.because, 200)}` : '';
    return `• *${prose(problem.title, 120)}* (${problem.severity})${why}`;
  });
  return [section(lines([...said, ...(more > 0 ? [`and ${more} more`] : [])], ROOM))];
}

/** For what joined without the cluster showing a cause: people may know better. */
export function separateButtons(incident: Incident): readonly Button[] {
  const unsure = worstFirst(incident).filter(
    (problem): problem is JoinedProblem =>
      'by' in problem && (problem.by === 'pager' || problem.by === 'storm'),
  );
  return unsure.slice(0, MOST_NAMED).map(({ key, title }, index) =>
    button({
      action: `${ACTION.separate}${index}`,
      label: `Separate: ${title}`,
      value: `${incident.id} ${problemToken(key)}`,
    }),
  );
}

/** What one should know of its alerts before believing the counts; nothing where there is nothing to know. */
export function alertNotes(incident: Incident, now: string): readonly Block[] {
  if (incident.status === 'resolved') return [];
  const { silence, held } = incident;
  const notes = [
    ...Object.entries(incident.unreported).map(
      ([source, { count: number, since }]) =>
        `⚠ ${count(number, 'alert')} no longer reported by ${prose(source, 80)} since ${when(since)}; that is not ${number === 1 ? 'its' : 'their'} end`,
    ),
    ...(silence === null
      ? []
      : [
          `${count(silence.alerts, 'alert')} silenced by ${prose(silence.by, 80)} until ${when(silence.until)}${silence.comment === '' ? '' : `: ${prose(silence.comment, 200)}`}`,
        ]),
    ...(held !== null && Date.parse(now) < Date.parse(held.until)
      ? [`In ${prose(held.because, 120)} until ${when(held.until)}`]
      : []),
  ];
  return notes.length === 0 ? [] : [section(lines(notes, ROOM))];
}

/** The same in a few words, for the one line of an incident. */
export function shortNotes(incident: Incident, now: string): string {
  if (incident.status === 'resolved') return '';
  const { silence, held } = incident;
  const unreported = Object.values(incident.unreported).reduce((sum, one) => sum + one.count, 0);
  const ofAlerts = [
    ...(unreported === 0 ? [] : [`${unreported} no longer reported`]),
    ...(silence === null ? [] : [`silenced by ${prose(silence.by, 40)} until ${when(silence.until)}`]),
    ...(held !== null && Date.parse(now) < Date.parse(held.until)
      ? [`held back by ${prose(held.because, 80)} until ${when(held.until)}`]
      : []),
  ];
  return [
    ...(isUnplaced(incident) ? ['pick its cluster in its channel'] : []),
    // With a channel the line only points to it.
    ...(incident.visibility === 'line' ? ofAlerts : []),
  ]
    .map((note) => `, ${note}`)
    .join('');
}

function worstFirst(incident: Incident): readonly (Problem | JoinedProblem)[] {
  const order = ({ rank, severity }: Problem): number =>
    RANKS.indexOf(rank) * SEVERITIES.length + SEVERITIES.indexOf(severity);
  return [ownProblem(incident), ...incident.joined].toSorted((a, b) => order(a) - order(b));
}
