import { alertTotal, type Incident } from '../../core/incident.ts';
import { button, type Rendered, section } from './blocks.ts';
import { ACTION, type ViewFacts } from './facts.ts';
import { alertCount, shortNotes } from './problems.ts';
import { channelLink, prose } from './text.ts';

/** The one edited line in the incidents channel. */
export function line(incident: Incident, { now }: Pick<ViewFacts, 'now'>): Rendered {
  const about = `${incident.id} · ${prose(incident.cluster, 80)} · ${incident.severity} · ${prose(incident.title, 200)}`;
  const state = stateOf(incident);
  const notes = shortNotes(incident, now);
  const says =
    incident.visibility === 'line' && incident.diagnosis !== null
      ? `: ${prose(incident.diagnosis.says, 300)}`
      : '';
  if (incident.channel !== null) {
    const text = `*${about}* · ${state}${notes} · ${channelLink(incident.channel.channel)}`;
    return { text: `${about}: ${state}`, blocks: [section(text)] };
  }
  const offer = incident.visibility === 'line' && incident.status !== 'resolved';
  const text = `*${about}* · ${offer ? 'watching, ' : ''}${state}${notes}${says}`;
  return {
    text: `${about}: ${state}`,
    blocks: [
      offer
        ? section(text, button({ action: ACTION.openChannel, label: 'Open channel', value: incident.id }))
        : section(text),
    ],
  };
}

function stateOf(incident: Incident): string {
  if (incident.mergedInto !== null) return `merged into ${incident.mergedInto}`;
  // With a channel the header counts; this line is edited seldom.
  const counted = incident.status === 'open' && incident.visibility === 'line' && alertTotal(incident) > 0;
  return counted ? alertCount(incident) : incident.status;
}
