import type { Incident } from '../../core/incident.ts';
import { button, type Rendered, section } from './blocks.ts';
import { ACTION } from './facts.ts';
import { alertCount } from './header.ts';
import { channelLink, prose } from './text.ts';

/** The one edited line in the incidents channel. */
export function line(incident: Incident): Rendered {
  const about = `${incident.id} · ${prose(incident.cluster, 80)} · ${incident.severity} · ${prose(incident.title, 200)}`;
  // With a channel the header counts; this line is edited seldom.
  const counted = incident.status === 'open' && incident.visibility === 'line';
  const state = counted ? alertCount(incident) : incident.status;
  const says =
    incident.visibility === 'line' && incident.diagnosis !== null
      ? `: ${prose(incident.diagnosis.says, 300)}`
      : '';
  if (incident.channel !== null) {
    const text = `*${about}* · ${state} · ${channelLink(incident.channel.channel)}`;
    return { text: `${about}: ${state}`, blocks: [section(text)] };
  }
  const offer = incident.visibility === 'line' && incident.status !== 'resolved';
  const text = `*${about}* · ${offer ? 'watching, ' : ''}${state}${says}`;
  return {
    text: `${about}: ${state}`,
    blocks: [
      offer
        ? section(text, button({ action: ACTION.openChannel, label: 'Open channel', value: incident.id }))
        : section(text),
    ],
  };
}
