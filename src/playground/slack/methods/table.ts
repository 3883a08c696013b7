import { type Method, method } from '../method.ts';
import { blockMethods } from './blocks.ts';
import { bookmarkMethods } from './bookmarks.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { conversationManageMethods } from './conversations-manage.ts';
import { conversationOpenMethods } from './conversations-open.ts';
import { conversationReadMethods } from './conversations-read.ts';
import { fileMethods } from './files.ts';
import { pinMethods } from './pins.ts';
import { reactionMethods } from './reactions.ts';
import { usergroupMethods } from './usergroups.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';
import { workspaceMethods } from './workspace.ts';

/** The one method that needs to know where the server listens. */
function connectionsOpen(socketUrl: (ticket: string) => string): Method {
  return method({
    name: 'apps.connections.open',
    scopes: ['connections:write'],
    token: 'app',
    run: ({ tickets }) => ({ url: socketUrl(tickets.newSocketTicket()) }),
  });
}

/** Every method of the Web API that is here, by name; any other one is `unknown_method`. */
export function methodTable(socketUrl: (ticket: string) => string): ReadonlyMap<string, Method> {
  const all = [
    connectionsOpen(socketUrl),
    ...workspaceMethods,
    ...chatMethods,
    ...conversationMethods,
    ...conversationReadMethods,
    ...conversationManageMethods,
    ...conversationOpenMethods,
    ...fileMethods,
    ...pinMethods,
    ...bookmarkMethods,
    ...reactionMethods,
    ...userMethods,
    ...usergroupMethods,
    ...viewMethods,
    ...blockMethods,
  ];
  return new Map(all.map((one) => [one.name, one]));
}
