import { askConfirm, markMissing, showModal } from './dialogs.js';
import { el, postJson } from './dom.js';
import { hintNow } from './hint.js';
import { showCluster, showScenarios, showWebhooks } from './panel.js';
import { busyIn, showElement, showRoom, toEnd } from './room.js';
import { showChannels, showPeople } from './sidebar.js';
import { onThreadClosed, scrollThreadTo, showThread } from './thread.js';
import { channelName, load, person, state } from './workspace.js';

const byId = (id) => document.getElementById(id);

const names = {
  me: () => state.me,
  user: (id) => person(id)?.real_name ?? id,
  group: (id) => state.groups.find((one) => one.id === id)?.handle ?? id,
  channel: (id) => {
    const channel = state.channels.find((one) => one.id === id);
    return channel && { name: channelName(channel).name, open: () => openChannel(id) };
  },
};

const doing = { names, act: press, react, openThread, join };

let hiding;

/** A short line for what could not be done, gone after a while. */
function say(text) {
  byId('toast').textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => byId('toast').replaceChildren(), 6_000);
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

let isFetching = false;
let isStale = false;

/** Fetches everything anew; what arrives meanwhile leads to one more round, not to one each. */
async function refresh() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  while (isStale) {
    isStale = false;
    await attempt(async () => {
      await load();
      draw();
    });
  }
  isFetching = false;
}

function draw() {
  showPeople(be);
  showChannels(openChannel);
  showRoom(doing);
  showThread(doing);
  showCluster(state.cluster);
  showScenarios(state.scenarios, state.busyScenario, breakScenario);
  showWebhooks(state.webhooks);
  showHint();
  announce();
  const { people, channels } = state;
  showModal(state.views.at(-1), { names, people, channels, submit, close, act });
  document.body.dataset.ready = 'true';
}

// ---- what now ------------------------------------------------------------------

function showHint() {
  const { text, action, urgent } = hintNow();
  if (byId('hint-text').textContent !== text) byId('hint-text').textContent = text;
  byId('hint').classList.toggle('urgent', urgent === true);
  const button = byId('hint-action');
  button.hidden = !action;
  if (!action) return;
  button.textContent = action.label;
  button.onclick = () => follow(action);
}

function follow(action) {
  setView('room');
  switch (action.kind) {
    case 'break':
      return breakScenario(action.scenario);
    case 'open':
      return openChannel(action.channel);
    case 'show':
      return showElement(action.ts, action.element);
    case 'be':
      return be(action.user);
    case 'thread':
      openThread(action.ts);
      return scrollThreadTo(state.messages.findLast((one) => one.thread_ts === action.ts)?.ts ?? '');
  }
}

/** How far a screen reader was told of each channel's messages. */
const told = new Map();

function announce() {
  const latest = state.messages.at(-1)?.ts ?? '';
  const since = told.get(state.channel);
  told.set(state.channel, latest);
  if (since === undefined) return;
  const fresh = state.messages.filter((one) => one.ts > since && one.user !== state.me && !one.subtype);
  const box = byId('announcements');
  for (const one of fresh) box.append(el('p', {}, `${one.user_name}: ${one.text}`));
  while (box.children.length > 5) box.firstChild.remove();
}

// ---- what a person does ----------------------------------------------------------

function be(user) {
  state.me = user;
  void refresh();
}

function openChannel(id) {
  if (state.channel !== id) state.thread = '';
  state.channel = id;
  state.follow = false;
  setView('room');
  void refresh().then(toEnd);
}

function openThread(ts) {
  state.thread = state.thread === ts ? '' : ts;
  draw();
}

function join(channel) {
  void attempt(() => postJson('/_playground/join', { user: state.me, channel: channel.id }));
}

function react(message, name, remove) {
  const { channel, ts } = message;
  void attempt(() => postJson('/_playground/reaction', { user: state.me, channel, ts, name, remove }));
}

async function press(message, element, value) {
  if (busyIn(message.ts) === element.action_id) return;
  if (element.confirm && !(await askConfirm(element.confirm, names))) return;
  const { channel, ts } = message;
  state.busyAction = `${ts}/${element.action_id}`;
  draw();
  const click = { channel, ts, action_id: element.action_id, user: state.me, value };
  await attempt(() => postJson('/_playground/click', click));
  state.busyAction = '';
  await refresh();
}

function act(view, element, value) {
  const click = { view_id: view.id, action_id: element.action_id, user: state.me, value };
  void attempt(() => postJson('/_playground/click', click));
}

async function submit(view, values) {
  const missing = (view.content.blocks ?? []).find(
    (block) => block.type === 'input' && !block.optional && values[block.block_id] === undefined,
  );
  if (missing) return markMissing(missing.block_id, 'Please fill this in.');
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
  await attempt(() => postJson('/demo/break', { scenario: scenario.name }));
  state.busyScenario = '';
  await refresh();
}

function onWords(form, input, more) {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    const text = byId(input).value.trim();
    if (text === '') return;
    byId(input).value = '';
    const [, command, rest] = /^(\/\S+)\s*(.*)$/.exec(text) ?? [];
    const place = { user: state.me, channel: state.channel };
    void attempt(() =>
      command
        ? postJson('/_playground/command', { ...place, command, text: rest })
        : postJson('/_playground/message', { ...place, ...more(), text }),
    );
  });
}

/** On a narrow screen one of the three columns is shown. */
function setView(view) {
  document.body.dataset.view = view;
  for (const tab of byId('tabs').children)
    tab.setAttribute('aria-pressed', String(tab.dataset.view === view));
}

for (const tab of byId('tabs').children) tab.addEventListener('click', () => setView(tab.dataset.view));
onWords('composer', 'words', () => ({}));
onWords('thread-composer', 'thread-words', () => ({ thread_ts: state.thread }));
onThreadClosed(() => {
  state.thread = '';
  draw();
});
const stream = new EventSource('/demo/stream');
stream.addEventListener('changed', () => void refresh());
stream.addEventListener('error', () => say('The demo is not answering. Is it still running?'));
