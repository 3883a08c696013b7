import { type Incident, isUnplaced } from '../../core/incident.ts';
import type { Team } from '../../core/team.ts';
import {
  actions,
  type Block,
  type Button,
  button,
  choice,
  context,
  fields,
  heading,
  type Rendered,
  section,
} from './blocks.ts';
import { ACTION, type ViewFacts } from './facts.ts';
import { brokenGlass } from './glass.ts';
import { alertNotes, alertSummary, problemList, separateButtons } from './problems.ts';
import { channelLink, code, person, prose, when } from './text.ts';

/** The pinned message at the top of an incident's channel, edited in place. */
export function header(incident: Incident, facts: ViewFacts): Rendered {
  const title = `${incident.cluster} · ${incident.severity} · ${incident.title}`;
  return {
    text: prose(`${incident.id} ${title}: ${incident.status}`, 300),
    blocks: [
      heading(title),
      fields([
        `*Status*\n${status(incident, facts)}`,
        `*Alerts*\n${alertSummary(incident)}`,
        `*Service*\n${service(incident)}`,
        `*On call*\n${onCall(incident, facts)}`,
        `*Runbook*\n${runbook(incident)}`,
        `*Lead*\n${incident.lead === null ? 'nobody yet' : person(incident.lead.user.user)}`,
      ]),
      ...problemList(incident),
      ...alertNotes(incident, facts.now),
      ...whichCluster(incident, facts),
      ...brokenGlass(incident, facts),
      context(`${incident.id} · cluster ${code(incident.cluster, 80)} · ${prose(incident.because, 300)}`),
      ...actions(buttons(incident)),
    ],
  };
}

const MOST_BUTTONS = 5;

/** Asked of people where the source does not say it for certain. */
function whichCluster(incident: Incident, { clusters }: ViewFacts): readonly Block[] {
  if (!isUnplaced(incident) || incident.status === 'resolved') return [];
  const options = clusters.map((cluster) => ({ label: cluster, value: `${incident.id} ${cluster}` }));
  const says =
    'Nobody said for certain which cluster this is. Nothing is read or planned until somebody picks it.';
  if (options.length === 0) return [section(`*Which cluster?* ${says} None is configured.`)];
  const few = options.length <= MOST_BUTTONS;
  return [
    section(`*Which cluster?* ${says}`),
    ...actions(
      few
        ? options.map(({ label, value }, index) =>
            button({ action: `${ACTION.pickCluster}${index}`, label, value }),
          )
        : [choice({ action: ACTION.pickCluster, says: 'Pick the cluster', options })],
    ),
  ];
}

function status(incident: Incident, { into }: ViewFacts): string {
  if (incident.mergedInto !== null) {
    const where = into === null ? '' : `: it goes on in ${channelLink(into)}`;
    return `merged into ${incident.mergedInto}${where}`;
  }
  switch (incident.status) {
    case 'open':
      return `open since ${when(incident.openedAt)}`;
    case 'monitoring':
      return `monitoring${incident.clearSince === null ? '' : `: no alert fires since ${when(incident.clearSince)}`}. Resolve it?`;
    case 'resolved': {
      const at = incident.resolvedAt === null ? '' : ` ${when(incident.resolvedAt)}`;
      return `resolved${at}: ${prose(incident.resolvedBecause ?? '', 300)}${incident.review === null ? '' : ' The review is in the thread.'}`;
    }
  }
}

function service(incident: Incident): string {
  const where = [incident.namespace, incident.workload].filter((part) => part !== null).join('/');
  const name = incident.service === null ? 'not in the catalogue' : prose(incident.service, 120);
  return where === '' ? name : `${name}, ${code(where, 160)}`;
}

function onCall(incident: Incident, facts: ViewFacts): string {
  const name = incident.owner ?? facts.defaultResponder;
  if (name === null) return 'Nobody owns this, and there is no default responder.';
  const team = facts.teams.find((one) => one.name === name);
  const who = team === undefined ? `${prose(name, 80)} (no such team in the settings)` : whoOf(team);
  return incident.owner === null ? `Nobody owns this; asking the default responder: ${who}` : who;
}

function whoOf(team: Team): string {
  const name = prose(team.name, 80);
  const { oncall } = team;
  if (oncall === null) return `everybody in ${name}`;
  return /^[UW][A-Z0-9]+$/.test(oncall) ? `${person(oncall)} (${name})` : `@${prose(oncall, 80)} (${name})`;
}

function runbook(incident: Incident): string {
  const { runbook: match } = incident;
  if (match === null) return isUnplaced(incident) ? 'waits for the cluster' : 'looking for one';
  if (match.fallback) return 'No runbook matched; running general triage';
  return `${prose(match.title, 150)} (${code(match.runbook, 100)}): ${prose(match.reason, 250)}`;
}

function buttons(incident: Incident): readonly Button[] {
  if (incident.status === 'resolved') return [];
  const found: Button[] = [];
  if (incident.status === 'monitoring') {
    found.push(button({ action: ACTION.resolve, label: 'Resolve', value: incident.id, style: 'primary' }));
  }
  if (incident.lead === null) {
    found.push(button({ action: ACTION.takeLead, label: 'Take the lead', value: incident.id }));
  }
  return [...found, ...separateButtons(incident)];
}

/** The channel's topic: 250 characters at most. */
export function topic(incident: Incident): string {
  return prose(`${incident.cluster} · ${incident.severity} · ${incident.title}`, 240);
}
