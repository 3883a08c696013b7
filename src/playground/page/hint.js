import { firstName, incident, isOver, keyOf, me, person, sees, state } from './workspace.js';

/**
 * What a visitor could do now, read from what everybody sees: the cluster, the alerts, and the buttons of the
 * incident's messages.
 * @returns {{text: string, action?: {label: string, kind: string, [more: string]: unknown}, urgent?: boolean}}
 */
export function hintNow() {
  const subject = incident();
  const broken = state.scenarios.filter((one) => one.broken && !one.healthy);
  if (!subject || subject.is_archived || isOver(state.incidentMessages))
    return beforeAnIncident(broken, subject);
  const open = { label: 'Open its channel', kind: 'open', channel: subject.id };
  if (!sees(subject)) {
    return subject.id === state.channel
      ? { text: `Guests see only the channels they were added to. Add ${firstName(me())}, then try Approve.` }
      : { text: 'There is an incident. Guests see only the channels they were added to.', action: open };
  }
  const next = duringAnIncident();
  if (subject.id === state.channel) return next;
  return { text: `#${subject.name} is open. ${next.text}`, action: open, urgent: next.urgent };
}

function beforeAnIncident(broken, over) {
  const alerts = firing();
  if (alerts.length > 0) return afterAnAlert(alerts);
  const [first] = broken;
  if (first) return { text: `${first.title}. Watch the cluster; the alert follows in a few seconds.` };
  if (over) {
    const review = over.id === state.channel && replyKey('review:');
    return {
      text: 'Resolved. The review, with the whole timeline, is in the thread of the first message.',
      action: review ? { label: 'Read the review', kind: 'thread', ts: review } : undefined,
    };
  }
  const scenario = state.scenarios.find((one) => one.name === 'bad-release');
  const text = 'All is well. Break something, and see what firstmate does about it.';
  return scenario ? { text, action: { label: 'Break checkout', kind: 'break', scenario } } : { text };
}

function afterAnAlert(alerts) {
  if (alerts.some((one) => one.labels?.severity === 'critical')) {
    return { text: 'The alert is out. firstmate opens a channel for it.' };
  }
  const line = state.channels.find((one) => one.name === 'incidents');
  return {
    text: 'A warning alone opens no channel: firstmate tells it in one line in #incidents, where you can open one.',
    action:
      line && line.id !== state.channel
        ? { label: 'Open #incidents', kind: 'open', channel: line.id }
        : undefined,
  };
}

/** The alerts that fire, by the webhooks so far. */
function firing() {
  const last = new Map();
  for (const body of state.webhooks) for (const one of body.alerts ?? []) last.set(one.fingerprint, one);
  return [...last.values()].filter((one) => one.status === 'firing');
}

function duringAnIncident() {
  const resolve = messageWith('resolve_incident');
  if (resolve) {
    return {
      text: 'The alert is over and the cluster is well. Close the incident with Resolve.',
      action: { label: 'Show Resolve', kind: 'show', ts: resolve.ts, element: 'resolve_incident' },
      urgent: true,
    };
  }
  const card = messageWith('approve_plan');
  if (card) return approval(card);
  const refresh = messageWith('refresh_plan');
  if (refresh) {
    return {
      text: 'That plan is over and nothing more happens. Refresh looks at the cluster again and proposes anew.',
      action: { label: 'Show Refresh', kind: 'show', ts: refresh.ts, element: 'refresh_plan' },
    };
  }
  if (messageWith('undo_plan')) return { text: 'The change is made. It heals; the alert ends in a moment.' };
  const decided = state.incidentMessages.findLast((one) => keyOf(one).startsWith('card:'));
  if (decided && /rejected$/.test(decided.text)) {
    return { text: 'Rejected: nothing was changed. People take it from here.' };
  }
  if (decided) return { text: 'Approved. The change runs: watch the pods.' };
  if (state.incidentMessages.some((one) => keyOf(one).startsWith('finding:'))) {
    return {
      text: 'firstmate has said what it found. Where it knows a safe change it posts a card; else people take over.',
    };
  }
  return { text: 'firstmate reads the cluster and looks for the cause. It changes nothing.' };
}

function approval(card) {
  const approvers = approversOf(card);
  const show = { label: 'Show Approve', kind: 'show', ts: card.ts, element: 'approve_plan' };
  if (approvers.length === 0 || approvers.includes(state.me)) {
    return { text: 'firstmate proposes a fix. Read it, then press Approve.', action: show, urgent: true };
  }
  const first = firstName(person(approvers[0]));
  return {
    text: `Approve counts only from ${first}. Press it as ${firstName(me())} and see, or be ${first}.`,
    action: { label: `Be ${first}`, kind: 'be', user: approvers[0] },
    urgent: true,
  };
}

/** The people whom a card names as those who may approve. */
function approversOf(card) {
  const said = card.blocks
    .map((one) => one.text?.text ?? '')
    .find((text) => text.includes('Who may approve'));
  return [...(said ?? '').matchAll(/<@(\w+)>/g)].map(([, id]) => id).filter((id) => person(id));
}

function messageWith(action) {
  return state.incidentMessages.findLast((message) =>
    message.blocks.some((block) => (block.elements ?? []).some((one) => one.action_id === action)),
  );
}

/** The thread in which the message with such a key is. */
function replyKey(prefix) {
  return state.incidentMessages.find((one) => keyOf(one).startsWith(prefix))?.thread_ts;
}
