import { alertTotal, firingCount, type Incident, problemCount } from '../../core/incident.ts';
import type { Team } from '../../core/team.ts';
import { actions, type Button, button, context, fields, heading, type Rendered } from './blocks.ts';
import { ACTION, type ViewFacts } from './facts.ts';
import { code, count, person, prose, when } from './text.ts';

/** The pinned message at the top of an incident's channel, edited in place. */
export function header(incident: Incident, facts: ViewFacts): Rendered {
  const title = `${incident.cluster} · ${incident.severity} · ${incident.title}`;
  return {
    text: prose(`${incident.id} ${title}: ${incident.status}`, 300),
    blocks: [
      heading(title),
      fields([
        `*Status*\n${status(incident)}`,
        `*Alerts*\n${alerts(incident)}`,
        `*Service*\n${service(incident)}`,
        `*On call*\n${onCall(incident, facts)}`,
        `*Runbook*\n${runbook(incident)}`,
        `*Lead*\n${incident.lead === null ? 'nobody yet' : person(incident.lead.user.user)}`,
      ]),
      context(`${incident.id} · cluster ${code(incident.cluster, 80)} · ${prose(incident.because, 300)}`),
      ...actions(buttons(incident)),
    ],
  };
}

function status(incident: Incident): string {
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

function alerts(incident: Incident): string {
  const firing = firingCount(incident);
  const resolved = alertTotal(incident) - firing;
  const hidden = Object.values(incident.hidden).reduce((sum, number) => sum + number, 0);
  return [
    `${firing} firing`,
    ...(resolved === 0 ? [] : [`${resolved} resolved`]),
    ...(hidden === 0 ? [] : [`${hidden} more that the source left out`]),
  ].join(', ');
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

function runbook({ runbook: match }: Incident): string {
  if (match === null) return 'looking for one';
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
  return found;
}

/** The channel's topic: 250 characters at most. */
export function topic(incident: Incident): string {
  return prose(`${incident.cluster} · ${incident.severity} · ${incident.title}`, 240);
}

/** How many alerts an incident speaks of, for lists. */
export function alertCount(incident: Incident): string {
  const problems = problemCount(incident);
  const many = problems > 1 ? `, ${problems} problems` : '';
  return `${count(firingCount(incident), 'alert')} firing${many}`;
}
