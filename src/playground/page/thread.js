import { reconcile, versionOf } from './dom.js';
import { messageItem } from './message.js';
import { busyIn } from './room.js';
import { state } from './workspace.js';

const byId = (id) => document.getElementById(id);
const pane = byId('thread');
const scroll = byId('thread-scroll');

/** Draws the open thread, or nothing. */
export function showThread(doing) {
  const messages = state.messages.filter(
    (one) => one.ts === state.thread || (one.thread_ts === state.thread && !one.ephemeral_to),
  );
  const isOpen = state.thread !== '' && messages.length > 0;
  const opens = isOpen && pane.hidden;
  pane.hidden = !isOpen;
  if (!isOpen) return;
  reconcile(
    byId('thread-messages'),
    messages.map((message) => ({
      key: message.ts,
      version: versionOf([message, busyIn(message.ts), state.me]),
      build: () =>
        messageItem(message, { ...doing, replies: 0, busy: busyIn(message.ts), openThread: undefined }),
    })),
  );
  if (opens) byId('thread-title').focus();
}

/** Shows the thread from one of its messages on. */
export function scrollThreadTo(ts) {
  scroll.querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.scrollIntoView({ block: 'start' });
}

/** Calls back when a person closes the thread, by the button or by Escape. */
export function onThreadClosed(close) {
  const closed = () => {
    const opener = `[data-focus="${CSS.escape(`${state.thread}/thread`)}"]`;
    close();
    document.querySelector(opener)?.focus({ preventScroll: true });
  };
  byId('thread-close').addEventListener('click', closed);
  pane.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closed();
  });
}
