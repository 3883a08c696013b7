import { renderBlocks } from './blocks.js';
import { askConfirm, markMissing, showModal } from './dialogs.js';
import { el, getJson, postJson, reconcile, versionOf } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { showCluster, showScenarios, showWebhooks } from './panel.js';

/** Who a visitor can be, and what that person may do in the demo. */
const roles = { ada: 'on-call SRE', ben: 'junior', gus: 'guest' };

const state = {
  me: '',
  channel: '',
  people: [],
  groups: [],
  channels: [],
  messages: [],
  views: [],
  scenarios: [],
  open: new Set(),
  read: new Map(),
  busyAction: '',
  busyScenario: '',
  /** After a break the next channel that appears is opened by itself. */
  follow: false,
};

const byId = (id) => document.getElementById(id);
const person = (id) => state.people.find((one) => one.id === id);
const me = () => person(state.me);
const current = () => state.channels.find((one) => one.id === state.channel);
const sees = (channel) => channel.members.includes(state.me) || !me()?.is_restricted;

const names = {
  user: (id) => person(id)?.real_name ?? id,
  group: (id) => state.groups.find((one) => one.id === id)?.handle ?? id,
  channel: (id) => {
    const channel = state.channels.find((one) => one.id === id);
    return channel && { name: channel.name, open: () => openChannel(id) };
  },
};

let hiding;

/** A short line for everybody, gone after a while. */
function say(text) {
  byId('status').textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => byId('status').replaceChildren(), 6_000);
}

/** Runs something a person asked for, and tells them when it could not be done. */
async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    say(error.message);
    return undefined;
  }
}

// ---- what the server knows -------------------------------------------------

let fetching = false;
let stale = false;

/** Fetches everything anew; what arrives meanwhile leads to one more round, not to one each. */
async function refresh() {
  stale = true;
  if (fetching) return;
  fetching = true;
  while (stale) {
    stale = false;
    await attempt(load);
  }
  fetching = false;
}

async function load() {
  const [people, groups, channels, scenarios, cluster, webhooks] = await Promise.all([
    getJson('/_playground/people'),
    getJson('/_playground/groups'),
    getJson('/_playground/channels'),
    getJson('/demo/scenarios'),
    getJson('/demo/cluster'),
    getJson('/demo/webhooks'),
  ]);
  const known = new Set(state.channels.map((one) => one.id));
  Object.assign(state, { people, groups, channels, scenarios });
  state.me ||= people.find((one) => one.name === 'ada')?.id ?? '';
  const fresh = channels.filter((one) => !known.has(one.id));
  if (known.size === 0)
    state.channel = (channels.find((one) => one.name === 'incidents') ?? channels[0])?.id ?? '';
  else if (state.follow && fresh[0]) {
    state.follow = false;
    state.channel = fresh[0].id;
  }
  const [messages, views] = await Promise.all([
    getJson(`/_playground/messages?system=true&channel=${state.channel}&user=${state.me}`),
    getJson(`/_playground/views?user=${state.me}`),
  ]);
  Object.assign(state, { messages, views });
  state.read.set(state.channel, current()?.latest ?? '');
  showCluster(cluster);
  showWebhooks(webhooks);
  draw();
}

// ---- drawing -----------------------------------------------------------------

function draw() {
  drawPeople();
  drawChannels();
  drawRoom();
  showScenarios(state.scenarios, state.busyScenario, breakScenario);
  showModal(state.views.at(-1), {
    names,
    people: state.people,
    channels: state.channels,
    submit,
    close,
    act,
  });
}

function drawPeople() {
  const choices = Object.keys(roles).flatMap((name) => state.people.filter((one) => one.name === name));
  if (byId('people').querySelector('input')) return;
  byId('people').append(
    ...choices.map((one) =>
      el(
        'label',
        {},
        el('input', {
          type: 'radio',
          name: 'person',
          value: one.id,
          checked: one.id === state.me,
          onchange: () => {
            state.me = one.id;
            void refresh();
          },
        }),
        el('span', {}, one.real_name.split(' ')[0], el('small', {}, ` ${roles[one.name]}`)),
      ),
    ),
  );
}

function drawChannels() {
  const order = [...state.channels].sort(
    (left, right) =>
      Number(right.name.startsWith('inc-')) - Number(left.name.startsWith('inc-')) ||
      left.name.localeCompare(right.name),
  );
  reconcile(
    byId('channels'),
    order.map((channel) => {
      const isOpen = channel.id === state.channel;
      const isUnread = !isOpen && channel.latest > (state.read.get(channel.id) ?? '');
      return {
        key: channel.id,
        version: versionOf([channel.name, channel.is_archived, isOpen, isUnread, sees(channel)]),
        build: () =>
          el(
            'li',
            {},
            el(
              'button',
              {
                type: 'button',
                class: `channel${isUnread ? ' unread' : ''}${sees(channel) ? '' : ' closed'}`,
                'data-focus': channel.id,
                'aria-current': isOpen ? 'true' : undefined,
                onclick: () => openChannel(channel.id),
              },
              el('span', { 'aria-hidden': 'true' }, '# '),
              channel.name,
              isUnread ? el('span', { class: 'visually-hidden' }, ', new messages') : null,
            ),
          ),
      };
    }),
  );
}

function drawRoom() {
  const channel = current();
  if (!channel) return;
  byId('room-name').textContent = `#${channel.name}`;
  byId('room-topic').replaceChildren(...mrkdwn(channel.topic, names));
  const scroll = byId('scroll');
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const top = state.messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.ephemeral_to);
  reconcile(
    byId('messages'),
    top.map((message) => {
      const replies = state.messages.filter(
        (one) => one.thread_ts === message.ts && one.ts !== message.ts && !one.ephemeral_to,
      );
      const isOpen = state.open.has(message.ts);
      return {
        key: message.ts,
        version: versionOf([message, isOpen, isOpen ? replies : replies.length, busyIn(message.ts)]),
        build: () => messageItem(message, replies, isOpen),
      };
    }),
  );
  drawNotice(channel);
  byId('empty').hidden = top.length > 0 || !sees(channel);
  if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
}

const busyIn = (ts) => (state.busyAction.startsWith(`${ts}/`) ? state.busyAction.slice(ts.length + 1) : '');

function messageItem(message, replies, isOpen) {
  if (message.subtype) {
    return el('li', { class: 'system' }, `${message.user_name.split(' ')[0]} `, ...systemText(message));
  }
  const room = {
    names,
    key: message.ts,
    busy: busyIn(message.ts),
    act: (element, value) => press(message, element, value),
  };
  return el(
    'li',
    { class: `message${message.ephemeral_to ? ' ephemeral' : ''}` },
    el(
      'span',
      { class: `avatar tone-${toneOf(message.user)}`, 'aria-hidden': 'true' },
      message.user_name.slice(0, 1),
    ),
    el(
      'div',
      { class: 'body' },
      el(
        'p',
        { class: 'by' },
        el('strong', {}, message.user_name),
        message.is_bot ? el('span', { class: 'badge' }, 'app') : null,
        el('time', { datetime: new Date(Number(message.ts) * 1000).toISOString() }, clockOf(message.ts)),
        message.edited ? el('span', { class: 'quiet' }, '(edited)') : null,
        message.pinned ? el('span', { class: 'quiet' }, '📌 pinned') : null,
      ),
      message.ephemeral_to ? el('p', { class: 'quiet' }, 'Only you can see this') : null,
      message.blocks.length > 0
        ? el('div', { class: 'blocks' }, ...renderBlocks(message.blocks, room))
        : el('div', { class: 'text' }, ...mrkdwn(message.text, names)),
      message.reactions.length > 0
        ? el(
            'p',
            { class: 'reactions' },
            ...message.reactions.map((one) =>
              el('span', { class: 'reaction' }, ...mrkdwn(`:${one.name}: ${one.users.length}`, names)),
            ),
          )
        : null,
      replies.length > 0 ? thread(message, replies, isOpen) : null,
    ),
  );
}

function thread(message, replies, isOpen) {
  const toggle = () => {
    if (!state.open.delete(message.ts)) state.open.add(message.ts);
    drawRoom();
  };
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  return el(
    'div',
    { class: 'thread' },
    el(
      'button',
      {
        type: 'button',
        class: 'link',
        'aria-expanded': String(isOpen),
        'data-focus': `${message.ts}/thread`,
        onclick: toggle,
      },
      isOpen ? `Hide ${count}` : `Show ${count}`,
    ),
    isOpen ? el('ol', { class: 'messages' }, ...replies.map((reply) => messageItem(reply, [], false))) : null,
  );
}

function systemText(message) {
  if (message.subtype === 'channel_join') return ['joined'];
  return mrkdwn(message.text, names);
}

function drawNotice(channel) {
  const notice = byId('notice');
  const isClosed = !sees(channel);
  notice.hidden = !isClosed;
  byId('composer').hidden = isClosed || channel.is_archived;
  if (!isClosed) return;
  const first = me()?.real_name.split(' ')[0] ?? '';
  notice.replaceChildren(
    el('p', {}, `${first} is a guest and only sees channels they were added to.`),
    el(
      'button',
      {
        type: 'button',
        class: 'button',
        onclick: () => attempt(() => postJson('/_playground/join', { user: state.me, channel: channel.id })),
      },
      `Add ${first} to #${channel.name}`,
    ),
  );
}

function toneOf(user) {
  return [...user].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
}

function clockOf(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

// ---- what a person does --------------------------------------------------------

function openChannel(id) {
  state.channel = id;
  state.follow = false;
  void refresh().then(() => {
    byId('scroll').scrollTop = byId('scroll').scrollHeight;
  });
}

async function press(message, element, value) {
  if (busyIn(message.ts) === element.action_id) return;
  if (element.confirm && !(await askConfirm(element.confirm, names))) return;
  state.busyAction = `${message.ts}/${element.action_id}`;
  drawRoom();
  await attempt(() =>
    postJson('/_playground/click', {
      channel: message.channel,
      ts: message.ts,
      action_id: element.action_id,
      user: state.me,
      value,
    }),
  );
  state.busyAction = '';
  await refresh();
}

function act(view, element, value) {
  void attempt(() =>
    postJson('/_playground/click', { view_id: view.id, action_id: element.action_id, user: state.me, value }),
  );
}

async function submit(view, values) {
  const missing = (view.content.blocks ?? []).find(
    (block) => block.type === 'input' && !block.optional && values[block.block_id] === undefined,
  );
  if (missing) {
    markMissing(missing.block_id, 'Please fill this in.');
    return;
  }
  await attempt(() => postJson('/_playground/submit', { view_id: view.id, user: state.me, values }));
  await refresh();
}

async function close(view) {
  await attempt(() => postJson('/_playground/close', { view_id: view.id, user: state.me }));
  await refresh();
}

async function breakScenario(scenario) {
  if (state.busyScenario === scenario.name) return;
  state.busyScenario = scenario.name;
  state.follow = true;
  showScenarios(state.scenarios, state.busyScenario, breakScenario);
  say(`${scenario.title}. The alert follows in a moment.`);
  await attempt(() => postJson('/demo/break', { scenario: scenario.name }));
  state.busyScenario = '';
  await refresh();
}

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('words');
  const text = input.value.trim();
  if (text === '') return;
  input.value = '';
  const [, command, rest] = /^(\/\S+)\s*(.*)$/.exec(text) ?? [];
  const place = { user: state.me, channel: state.channel };
  void attempt(() =>
    command
      ? postJson('/_playground/command', { ...place, command, text: rest })
      : postJson('/_playground/message', { ...place, text }),
  );
});

const stream = new EventSource('/demo/stream');
stream.addEventListener('changed', () => void refresh());
stream.addEventListener('error', () => say('The demo is not answering. Is it still running?'));
