import { eventScopes } from './events.ts';
import { methodTable } from './methods/table.ts';

/** The bot scopes of firstmate's manifest.yml; a test keeps the two the same. */
export const manifestScopes: readonly string[] = [
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'commands',
  'pins:write',
  'usergroups:read',
  'users:read',
];

/** The events that manifest.yml subscribes to. */
export const manifestEvents: readonly string[] = ['message.channels'];

/** All that an app can ask for here, for an app whose manifest nobody has shown. */
export function everyScope(): readonly string[] {
  const methods = [...methodTable(() => '').values()].filter((method) => method.token !== 'app');
  return [
    ...new Set([
      ...methods.flatMap((method) => method.scopes),
      ...Object.values(eventScopes),
      'commands',
      'users:read.email',
    ]),
  ];
}

export function everyEvent(): readonly string[] {
  return Object.keys(eventScopes);
}
