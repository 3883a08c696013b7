import type { Delivery } from './delivery/delivery.ts';
import type { JsonObject } from './json.ts';
import type { State } from './state.ts';

/** Tells the app about something, when it subscribed to that and has the scope. */
export type Emit = (subscription: string, event: JsonObject) => void;

/** Events an app can subscribe to here, with the scope that each needs (Slack's event reference). */
export const eventScopes: { readonly [subscription: string]: string } = {
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  app_mention: 'app_mentions:read',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  pin_added: 'pins:read',
  pin_removed: 'pins:read',
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  channel_archive: 'channels:read',
  channel_unarchive: 'channels:read',
  channel_rename: 'channels:read',
};

/** Wraps events as the Events API does and hands them to the delivery. */
export function createEmit(
  state: State,
  delivery: Delivery,
  verificationToken: string,
  installed: { scopes: readonly string[]; events: readonly string[] },
): Emit {
  return (subscription, event) => {
    const scope = eventScopes[subscription];
    if (!installed.events.includes(subscription) || scope === undefined) return;
    if (!installed.scopes.includes(scope)) return;
    delivery.send('events_api', {
      token: verificationToken,
      team_id: state.team.id,
      context_team_id: state.team.id,
      context_enterprise_id: null,
      api_app_id: state.app.id,
      event,
      type: 'event_callback',
      event_id: state.nextId('Ev'),
      event_time: state.seconds(),
      authorizations: [
        {
          enterprise_id: null,
          team_id: state.team.id,
          user_id: state.app.userId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
    });
  };
}
