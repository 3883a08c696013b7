import type { Listening } from './listen.ts';

/** Subtypes that are a person writing; the others are edits, joins and Slack's own lines. */
const WRITTEN: ReadonlySet<string> = new Set(['thread_broadcast', 'file_share', 'me_message']);

/** Somebody wrote in a channel we are in: from then on people end the incident, if it is one's. */
export function listenForMessages({ app, actions, tools }: Listening): void {
  app.event('message', async ({ event, body }) => {
    if (event.subtype !== undefined && !WRITTEN.has(event.subtype)) return;
    if ('bot_id' in event && event.bot_id !== undefined) return;
    if (!('user' in event) || typeof event.user !== 'string' || event.channel_type !== 'channel') return;
    const self = await tools.identify();
    if (event.user === self.userId) return;
    const enterprise = body.enterprise_id ?? null;
    const home = 'user_team' in event && typeof event.user_team === 'string' ? event.user_team : null;
    const team = home ?? ('team' in event && typeof event.team === 'string' ? event.team : body.team_id);
    await actions.spoke({
      channel: { enterprise: self.enterprise, team: self.team, channel: event.channel },
      user: { enterprise, team, user: event.user },
      ts: event.ts,
    });
  });
}
