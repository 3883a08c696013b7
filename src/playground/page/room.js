import { el, reconcile, versionOf } from './dom.js';
import { messageItem } from './message.js';
import { mrkdwn } from './mrkdwn.js';
import { channelName, current, firstName, me, sees, state } from './workspace.js';

const byId = (id) => document.getElementById(id);
const scroll = byId('scroll');
const news = byId('news');
const isAtEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < 80;
const isReply = (one) => one.thread_ts !== undefined && one.thread_ts !== one.ts;

/** The channel that is drawn, and the newest message of it that was drawn. */
const drawn = { channel: '', latest: '' };

news.addEventListener('click', () => toEnd());
scroll.addEventListener('scroll', () => {
  if (isAtEnd(scroll)) news.hidden = true;
});

/** Draws the open channel. Who reads at its end stays there; who reads further up is told of what is new. */
export function showRoom(doing) {
  const channel = current();
  if (!channel) return;
  const { sign, name } = channelName(channel);
  byId('room-name').textContent = `${sign === '#' ? '#' : ''}${name}`;
  byId('room-topic').replaceChildren(...mrkdwn(sees(channel) ? channel.topic : '', doing.names));
  const isNewRoom = drawn.channel !== channel.id;
  const stays = isNewRoom || isAtEnd(scroll);
  const top = state.messages.filter((one) => !isReply(one) || one.ephemeral_to);
  reconcile(
    byId('messages'),
    top.map((message) => itemOf(message, doing)),
  );
  showPinned(top);
  showNotice(channel, doing);
  byId('empty').hidden = top.length > 0 || !sees(channel);
  const latest = top.at(-1)?.ts ?? '';
  const isNew = !isNewRoom && latest > drawn.latest;
  const isForMe = isNew && top.at(-1)?.ephemeral_to !== undefined;
  Object.assign(drawn, { channel: channel.id, latest });
  if (stays || isForMe) toEnd();
  else if (isNew) news.hidden = false;
}

export function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  news.hidden = true;
}

function itemOf(message, doing) {
  const replies = state.messages.filter((one) => one.thread_ts === message.ts && isReply(one)).length;
  const busy = busyIn(message.ts);
  return {
    key: message.ts,
    version: versionOf([message, replies, busy, state.thread === message.ts, state.me]),
    build: () => messageItem(message, { ...doing, replies, busy }),
  };
}

/** The action that somebody just used in a message and whose answer is not there yet. */
export function busyIn(ts) {
  return state.busyAction.startsWith(`${ts}/`) ? state.busyAction.slice(ts.length + 1) : '';
}

/** Brings an element of a message into view, and the focus to it. */
export function showElement(ts, actionId) {
  const message = document.querySelector(`#messages > [data-ts="${CSS.escape(ts)}"]`);
  const target = message?.querySelector(`[data-focus="${CSS.escape(`${ts}/${actionId}`)}"]`) ?? message;
  if (!target) return;
  target.scrollIntoView({ block: 'center' });
  if (target === message) target.setAttribute('tabindex', '-1');
  target.focus({ preventScroll: true });
  target.classList.remove('shown');
  requestAnimationFrame(() => target.classList.add('shown'));
}

function showPinned(messages) {
  const pinned = messages.filter((one) => one.pinned);
  const button = byId('pinned');
  button.hidden = pinned.length === 0;
  button.textContent = `${pinned.length} pinned`;
  button.onclick = () => showElement(pinned[0].ts, '');
}

function showNotice(channel, doing) {
  const notice = byId('notice');
  const isClosed = !sees(channel);
  byId('composer').hidden = isClosed || channel.is_archived;
  notice.hidden = !isClosed;
  if (!isClosed) return;
  const first = firstName(me());
  const label = `Add ${first} to this channel`;
  const shown = `${channel.id} ${label}`;
  if (notice.dataset.shown === shown) return;
  notice.dataset.shown = shown;
  notice.replaceChildren(
    el('p', {}, `${first} is a guest and only sees channels they were added to.`),
    el('button', { type: 'button', class: 'button', onclick: () => doing.join(channel) }, label),
  );
}
