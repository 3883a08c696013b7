import { getJson } from './dom.js';

/** Who a visitor can be, and what that person does in the demo. */
export const roles = { ada: 'on-call SRE', chen: 'orders on call', ben: 'junior', gus: 'guest' };

/** Everything that the page shows. */
export const state = {
  me: '',
  channel: '',
  /** The ts of the message whose thread is open. */
  thread: '',
  people: [],
  groups: [],
  channels: [],
  messages: [],
  /** The channel of the incident that the hint speaks of, and its messages. */
  incident: '',
  incidentMessages: [],
  views: [],
  scenarios: [],
  cluster: {},
  webhooks: [],
  read: new Map(),
  busyAction: '',
  busyScenario: '',
  /** After a break the next incident channel that appears is opened by itself. */
  follow: false,
};

export const person = (id) => state.people.find((one) => one.id === id);
export const me = () => person(state.me);
export const firstName = (one) => one?.real_name.split(' ')[0] ?? '';
export const current = () => state.channels.find((one) => one.id === state.channel);
export const isIncident = (channel) => channel?.name.startsWith('inc-') === true;

/** Whether the person can open the channel: guests only the ones they were added to. */
export const sees = (channel) =>
  channel.members.includes(state.me) || (channel.kind === 'public' && !me()?.is_restricted);

/** The incident that matters now: the open channel's while it lasts, else the newest. */
export const incident = () => state.channels.find((one) => one.id === state.incident);

/** What a message of firstmate is, such as `header:INC-2026-001`; '' for those of others. */
export const keyOf = (message) => message.metadata?.event_payload?.key ?? '';

/** Whether an incident is over, by the header of its channel. */
export function isOver(messages) {
  const header = messages.find((one) => keyOf(one).startsWith('header:'));
  return header !== undefined && /resolved$/.test(header.text);
}

/** The channels of the sidebar: incidents first, the newest on top; private ones only for their members. */
export function listedChannels() {
  const listed = state.channels.filter((one) => one.kind === 'public' || one.members.includes(state.me));
  const incidents = listed.filter(isIncident).reverse();
  const others = listed.filter((one) => !isIncident(one));
  return [...incidents, ...others.sort((left, right) => left.name.localeCompare(right.name))];
}

/** A channel's name with its sign; a direct message bears the name of the other person. */
export function channelName(channel) {
  if (channel.kind === 'im' || channel.kind === 'mpim') {
    const others = channel.members.filter((id) => id !== state.me).map((id) => person(id)?.real_name ?? id);
    return { sign: '@', name: others.join(', ') };
  }
  return { sign: channel.kind === 'private' ? '🔒' : '#', name: channel.name };
}

/** Asks the server for everything. Sets the state in one go, so that no half of it is ever drawn. */
export async function load() {
  const [people, groups, channels, scenarios, cluster, webhooks] = await Promise.all([
    getJson('/_playground/people'),
    getJson('/_playground/groups'),
    getJson('/_playground/channels'),
    getJson('/demo/scenarios'),
    getJson('/demo/cluster'),
    getJson('/demo/webhooks'),
  ]);
  const known = new Set(state.channels.map((one) => one.id));
  const isFirst = known.size === 0;
  Object.assign(state, { people, groups, channels, scenarios, cluster, webhooks });
  state.me ||= people.find((one) => one.name === 'ada')?.id ?? '';
  const fresh = channels.find((one) => !known.has(one.id) && isIncident(one));
  if (isFirst) {
    const first = channels.findLast(isIncident) ?? channels.find((one) => one.name === 'incidents');
    state.channel = (first ?? channels[0])?.id ?? '';
  } else if (state.follow && fresh) {
    state.follow = false;
    state.channel = fresh.id;
    state.thread = '';
  }
  const { channel } = state;
  const [messages, views] = await Promise.all([
    messagesOf(channel),
    getJson(`/_playground/views?user=${state.me}`),
  ]);
  const newest = channels.findLast(isIncident)?.id ?? '';
  const stays = isIncident(current()) && !isOver(messages);
  const subject = stays ? channel : newest;
  const incidentMessages = subject === channel ? messages : subject === '' ? [] : await messagesOf(subject);
  if (state.channel !== channel) return load();
  Object.assign(state, { messages, views, incident: subject, incidentMessages });
  state.read.set(channel, current()?.latest ?? '');
}

const messagesOf = (channel) =>
  getJson(`/_playground/messages?system=true&channel=${channel}&user=${state.me}`);
