import { renderBlocks } from './blocks.js';
import { el } from './dom.js';
import { mrkdwn, withEmoji } from './mrkdwn.js';
import { person, state } from './workspace.js';

/**
 * A message as a list item.
 * @param {object} message
 * @param {{names: object, busy: string, replies: number, act: Function, react: Function, openThread?: Function}} room
 */
export function messageItem(message, room) {
  if (message.subtype) return systemItem(message, room);
  const isMine = message.ephemeral_to !== undefined;
  const kit = {
    names: room.names,
    key: message.ts,
    busy: room.busy,
    act: (element, value) => room.act(message, element, value),
  };
  return el(
    'li',
    { class: `message${isMine ? ' ephemeral' : ''}`, 'data-ts': message.ts },
    el('span', { class: `avatar tone-${toneOf(message.user)}`, 'aria-hidden': 'true' }, initial(message)),
    el(
      'div',
      { class: 'body' },
      byline(message),
      isMine ? el('p', { class: 'quiet' }, '👁 Only you can see this') : null,
      message.blocks.length > 0
        ? el('div', { class: 'blocks' }, ...renderBlocks(message.blocks, kit))
        : el('div', { class: 'text' }, ...mrkdwn(message.text, room.names)),
      message.reactions.length > 0 ? reactions(message, room) : null,
      room.replies > 0 && room.openThread ? threadButton(message, room) : null,
    ),
    isMine ? null : tools(message, room),
  );
}

function systemItem(message, room) {
  const text = message.subtype === 'channel_join' ? ['joined'] : mrkdwn(message.text, room.names);
  return el('li', { class: 'system' }, `${message.user_name.split(' ')[0]} `, ...text);
}

function byline(message) {
  return el(
    'p',
    { class: 'by' },
    el('strong', {}, message.user_name),
    message.is_bot ? el('span', { class: 'badge' }, 'app') : null,
    el('time', { datetime: new Date(Number(message.ts) * 1000).toISOString() }, clockOf(message.ts)),
    message.edited ? el('span', { class: 'quiet' }, '(edited)') : null,
    message.pinned ? el('span', { class: 'quiet' }, 'pinned') : null,
  );
}

function reactions(message, room) {
  return el(
    'p',
    { class: 'reactions' },
    ...message.reactions.map((one) => {
      const isOn = one.users.includes(state.me);
      const who = one.users.map((id) => person(id)?.real_name ?? id).join(', ');
      return el(
        'button',
        {
          type: 'button',
          class: 'reaction',
          title: who,
          'aria-pressed': String(isOn),
          'aria-label': `${one.name}, ${one.users.length}: ${who}`,
          'data-focus': `${message.ts}/:${one.name}`,
          onclick: () => room.react(message, one.name, isOn),
        },
        `${withEmoji(`:${one.name}:`)} ${one.users.length}`,
      );
    }),
  );
}

function threadButton(message, room) {
  const { replies } = room;
  return el(
    'button',
    {
      type: 'button',
      class: 'link thread-link',
      'aria-expanded': String(state.thread === message.ts),
      'aria-controls': 'thread',
      'data-focus': `${message.ts}/thread`,
      onclick: () => room.openThread(message.ts),
    },
    replies === 1 ? '1 reply' : `${replies} replies`,
  );
}

/** What can be done with a message; shown when it is pointed at or has the focus. */
function tools(message, room) {
  const isOn = message.reactions.some((one) => one.name === 'pushpin' && one.users.includes(state.me));
  return el(
    'div',
    { class: 'tools' },
    el(
      'button',
      {
        type: 'button',
        class: 'tool',
        title: 'Add to the timeline',
        'aria-label': 'Add to the timeline with a pushpin',
        'aria-pressed': String(isOn),
        'data-focus': `${message.ts}/pushpin`,
        onclick: () => room.react(message, 'pushpin', isOn),
      },
      '📌',
    ),
    room.openThread
      ? el(
          'button',
          {
            type: 'button',
            class: 'tool',
            title: 'Reply in the thread',
            'aria-label': 'Reply in the thread',
            'data-focus': `${message.ts}/reply`,
            onclick: () => room.openThread(message.ts),
          },
          '💬',
        )
      : null,
  );
}

function initial(message) {
  return message.user_name.slice(0, 1).toUpperCase();
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
