import { el, reconcile, versionOf } from './dom.js';
import { channelName, firstName, listedChannels, roles, sees, state } from './workspace.js';

const people = document.getElementById('people');
const channels = document.getElementById('channels');

/** The switch for who the visitor is. */
export function showPeople(onChoose) {
  if (!people.querySelector('input')) {
    const choices = Object.keys(roles).flatMap((name) => state.people.filter((one) => one.name === name));
    people.append(
      ...choices.map((one) =>
        el(
          'label',
          {},
          el('input', { type: 'radio', name: 'person', value: one.id, onchange: () => onChoose(one.id) }),
          el('span', {}, firstName(one), el('small', {}, ` ${roles[one.name]}`)),
        ),
      ),
    );
  }
  for (const input of people.querySelectorAll('input')) input.checked = input.value === state.me;
}

export function showChannels(onOpen) {
  reconcile(
    channels,
    listedChannels().map((channel) => {
      const isOpen = channel.id === state.channel;
      const isUnread = !isOpen && channel.latest > (state.read.get(channel.id) ?? '');
      const isClosed = !sees(channel);
      const { sign, name } = channelName(channel);
      return {
        key: channel.id,
        version: versionOf([name, channel.is_archived, isOpen, isUnread, isClosed]),
        build: () =>
          el(
            'li',
            {},
            el(
              'button',
              {
                type: 'button',
                class: `channel${isUnread ? ' unread' : ''}${isClosed ? ' closed' : ''}`,
                title: name,
                'data-focus': channel.id,
                'aria-current': isOpen ? 'true' : undefined,
                onclick: () => onOpen(channel.id),
              },
              el('span', { 'aria-hidden': 'true' }, `${sign} `),
              name,
              isUnread ? el('span', { class: 'visually-hidden' }, ', new messages') : null,
              isClosed ? el('span', { class: 'visually-hidden' }, ', not added') : null,
              isClosed ? el('span', { 'aria-hidden': 'true' }, ' 🔒') : null,
            ),
          ),
      };
    }),
  );
}
