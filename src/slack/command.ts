import { parseIncidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import type { Answer, SlackActions } from './actions.ts';
import { type Asked, elsewhere, inChannel } from './asked.ts';
import { breakGlass } from './break-glass.ts';
import { helpText, parseCommand } from './command-text.ts';
import { saidJustNow } from './just-said.ts';
import { answer, type Listening, type Tell } from './listen.ts';
import { merge } from './merge.ts';
import { newIncident } from './new-incident.ts';
import { pickCluster } from './pick-cluster.ts';
import { setSeverity } from './severity.ts';
import { split } from './split.ts';
import { alertCount } from './views/problems.ts';

const MOST_LISTED = 20;

/** The one slash command. Every answer is for the person alone. */
export function listenForCommand({ app, actions, tools }: Listening): void {
  app.command(tools.command, async ({ ack, command: sent, respond }) => {
    await ack();
    const enterprise = sent.enterprise_id ?? null;
    const asked: Asked = {
      command: tools.command,
      text: sent.text,
      by: { enterprise, team: sent.team_id, user: sent.user_id },
      channel: { enterprise, team: sent.team_id, channel: sent.channel_id },
      isNew: (title) => saidJustNow(tools, { trigger: sent.trigger_id, title }),
    };
    const tell: Tell = async (said) => {
      await respond({ response_type: 'ephemeral', ...said });
    };
    await answer(tools, 'command', tell, () => runCommand(actions, asked));
  });
}

export async function runCommand(actions: SlackActions, asked: Asked): Promise<Answer> {
  const parsed = parseCommand(asked.text);
  if ('unknown' in parsed) {
    return {
      says: `I do not know “${parsed.unknown.slice(0, 60)}”. What I know:\n${helpText(asked.command)}`,
    };
  }
  const { by } = asked;
  switch (parsed.verb) {
    case 'help':
      return { says: helpText(asked.command) };
    case 'list':
      return { says: list(await actions.incidents()) };
    case 'pause':
      return actions.pause({ reason: parsed.rest === '' ? 'asked for in Slack' : parsed.rest, by });
    case 'resume':
      return actions.resume({ by, isNew: () => asked.isNew('Resume writes') });
    case 'status': {
      const id = parseIncidentId(parsed.rest.toUpperCase());
      const incident =
        id === undefined ? await actions.incidentIn(asked.channel) : await actions.incident(id);
      if (incident !== null) return { says: status(incident) };
      return id === undefined ? elsewhere(asked, 'status INC-…') : { says: `There is no incident ${id}.` };
    }
    case 'note': {
      if (parsed.rest === '')
        return { says: `Say what to note: ${asked.command} note it started with the deploy` };
      return inChannel(actions, asked, (incident) =>
        actions.note({ incident: incident.id, text: parsed.rest, by }),
      );
    }
    case 'take':
      return inChannel(actions, asked, (incident) => actions.take({ incident: incident.id, by }));
    case 'break-glass':
      return inChannel(actions, asked, ({ id }) => breakGlass(actions, id, parsed.rest, asked));
    case 'resolve':
      return inChannel(actions, asked, (incident) => actions.resolve({ incident: incident.id, by }));
    case 'reopen':
      return inChannel(actions, asked, (incident) =>
        actions.reopen({ incident: incident.id, why: parsed.rest === '' ? null : parsed.rest, by }),
      );
    case 'new':
      return newIncident(actions, asked, parsed.rest);
    case 'severity':
      return setSeverity(actions, asked, parsed.rest);
    case 'merge':
      return merge(actions, asked, parsed.rest);
    case 'split':
      return split(actions, asked, parsed.rest);
    case 'cluster':
      return pickCluster(actions, asked, parsed.rest);
  }
}

function list(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'No incident is open.';
  const lines = incidents.slice(0, MOST_LISTED).map((one) => {
    const where = one.channel === null ? 'watching' : `#${one.channel.name}`;
    return `${one.id} ${one.severity} ${one.cluster} ${one.title.slice(0, 80)}: ${one.status}, ${where}`;
  });
  const more = incidents.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function status(incident: Incident): string {
  const plan = incident.plans.at(-1);
  return [
    `${incident.id} ${incident.severity} in ${incident.cluster}: ${incident.title}`,
    `${incident.status}, ${alertCount(incident)}`,
    `Lead: ${incident.lead?.name ?? 'nobody yet'}`,
    `Diagnosis: ${incident.diagnosis?.says ?? 'still running'}`,
    ...(plan === undefined ? [] : [`Last plan: ${plan.plan.command} (${plan.status})`]),
  ].join('\n');
}
