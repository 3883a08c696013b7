import type { Incident } from '../../core/incident.ts';
import type { SendEnd } from '../../core/ports/messenger.ts';
import { isUser, type Team, type TeamMembers } from '../../core/team.ts';
import { deliver, type Place } from '../deliver.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Tools } from '../tools.ts';
import { section } from '../views/blocks.ts';
import { prose } from '../views/text.ts';

/** Invites who is on call now; where nobody can be asked, the thread says so. */
export async function invite(
  tools: Tools,
  incident: Incident,
  owner: string | null,
  place: Place,
  key: string,
): Promise<SendEnd> {
  const { users, says } = await whoIsOnCall(tools, { owner });
  if (users.length === 0) return tell(tools, place, key, says);
  const invited = await attempt(() =>
    // With `force` one person who cannot be invited does not keep the others out.
    tools.client.conversations.invite({ channel: place.channel, users: users.join(','), force: true }),
  );
  if (!isFailure(invited)) {
    if (invited.errors !== undefined && invited.errors.length > 0) {
      tools.log.warn(
        { incident: incident.id, errors: invited.errors.map((one) => one.error) },
        'not everybody could be invited',
      );
    }
    return done(tools, place);
  }
  if (invited.code === 'already_in_channel' || invited.code === 'cant_invite_self') return done(tools, place);
  if (invited.end.status !== 'refused') return invited.end;
  tools.log.warn({ incident: incident.id, code: invited.code }, 'nobody could be invited');
  return tell(
    tools,
    place,
    key,
    `Slack did not let me invite who is on call (${invited.code ?? 'no reason'}).`,
  );
}

/** The owner's people on call, else the default responder's; `says` why there is nobody. */
export async function whoIsOnCall(
  tools: Pick<Tools, 'people' | 'teams' | 'defaultResponder'>,
  incident: Pick<Incident, 'owner'>,
): Promise<{ readonly users: readonly string[]; readonly says: string }> {
  const said: string[] = [];
  for (const name of new Set([incident.owner, tools.defaultResponder])) {
    if (name === null) continue;
    const team = tools.teams.find((one) => one.name === name);
    if (team === undefined) {
      said.push(`the settings have no team ${name}`);
      continue;
    }
    const members = await onCall(tools, team);
    if (members.status === 'known' && members.users.length > 0) return { users: members.users, says: '' };
    said.push(members.status === 'known' ? `nobody is on call in ${name}` : members.says);
  }
  const reason = said.length === 0 ? 'nobody owns this, and there is no default responder' : said.join('; ');
  return { users: [], says: `I could invite nobody: ${reason}.` };
}

function onCall({ people }: Pick<Tools, 'people'>, team: Team): Promise<TeamMembers> {
  const { oncall } = team;
  if (oncall === null) return people.members(team);
  return isUser(oncall)
    ? Promise.resolve({ status: 'known', users: [oncall] })
    : people.members({ ...team, slackGroup: oncall, members: [] });
}

function tell(tools: Tools, place: Place, key: string, says: string): Promise<SendEnd> {
  const text = prose(`${says} Please bring in who should look at this.`, 600);
  return deliver(tools, place, key, { text, blocks: [section(text)] });
}

function done(tools: Tools, place: Place): SendEnd {
  return { status: 'sent', result: { channel: place.channel, ts: null, sentAt: tools.now().toISOString() } };
}
