import { formatDate } from './dates.js';
import { el } from './dom.js';

const emoji = {
  rotating_light: '🚨',
  white_check_mark: '✅',
  x: '❌',
  warning: '⚠️',
  fire: '🔥',
  pushpin: '📌',
  mag: '🔍',
  eyes: '👀',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  arrows_counterclockwise: '🔄',
  tada: '🎉',
  no_entry: '⛔',
  lock: '🔒',
  memo: '📝',
  bell: '🔔',
  ship: '🚢',
  anchor: '⚓',
  wrench: '🔧',
  red_circle: '🔴',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  large_green_circle: '🟢',
  large_blue_circle: '🔵',
  information_source: 'ℹ️',
  rewind: '⏪',
  clock1: '🕐',
  heavy_check_mark: '✔️',
  thumbsup: '👍',
  '+1': '👍',
  thumbsdown: '👎',
  '-1': '👎',
  bulb: '💡',
  stopwatch: '⏱️',
  zzz: '💤',
};

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack escapes three characters in text; this is the way back. */
function unescapeText(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity) => entities[entity]);
}

/** Emoji names as emoji, the rest as it is. */
export function withEmoji(text) {
  return unescapeText(text).replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji[name] ?? whole);
}

/**
 * Slack's mrkdwn as nodes: code, bold, italic, struck text, quotes, links, people, channels and dates.
 * Format: https://docs.slack.dev/messaging/formatting-message-text
 * @param {string} text
 * @param {{user: (id: string) => string, group: (id: string) => string, channel: (id: string) => {name: string, open: () => void} | undefined}} names
 * @returns {Node[]}
 */
export function mrkdwn(text, names) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/);
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [el('pre', {}, unescapeText(part))];
    return part === '' ? [] : lines(part, names);
  });
}

function lines(text, names) {
  const nodes = [];
  let quote = null;
  const all = text.replace(/^\n|\n$/g, '').split('\n');
  all.forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) {
        quote = el('blockquote');
        nodes.push(quote);
      } else quote.append(el('br'));
      quote.append(...inline(quoted[1], names));
      return;
    }
    if (index > 0 && !quote) nodes.push(el('br'));
    quote = null;
    nodes.push(...inline(line, names));
  });
  return nodes;
}

const tokens =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])|(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])|(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])/g;

function inline(text, names) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(tokens)) {
    if (match.index > from) nodes.push(withEmoji(text.slice(from, match.index)));
    const [whole, code, angle, bold, italic, struck] = match;
    if (code !== undefined) nodes.push(el('code', {}, unescapeText(code)));
    else if (angle !== undefined) nodes.push(reference(angle, names));
    else if (bold !== undefined) nodes.push(el('strong', {}, ...inline(bold, names)));
    else if (italic !== undefined) nodes.push(el('em', {}, ...inline(italic, names)));
    else if (struck !== undefined) nodes.push(el('s', {}, ...inline(struck, names)));
    from = match.index + whole.length;
  }
  if (from < text.length) nodes.push(withEmoji(text.slice(from)));
  return nodes;
}

function reference(inside, names) {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : inside.slice(bar + 1);
  if (target.startsWith('@')) {
    const isMe = target.slice(1) === names.me?.();
    return el('span', { class: `mention${isMe ? ' me' : ''}` }, `@${names.user(target.slice(1))}`);
  }
  if (target.startsWith('#')) {
    const channel = names.channel(target.slice(1));
    const text = `#${channel?.name ?? label ?? target.slice(1)}`;
    return channel
      ? el('button', { type: 'button', class: 'mention link', onclick: channel.open }, text)
      : el('span', { class: 'mention' }, text);
  }
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(https?:.+))?$/.exec(target);
  if (date) return dateNode(date, label);
  const group = /^!subteam\^(\w+)/.exec(target)?.[1];
  if (group) return el('span', { class: 'mention' }, label ?? `@${names.group(group)}`);
  if (target.startsWith('!'))
    return el('span', { class: 'mention' }, withEmoji(label ?? `@${target.slice(1)}`));
  if (/^https?:\/\//i.test(target)) {
    const href = unescapeText(target);
    return el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, withEmoji(label ?? target));
  }
  if (/^mailto:/i.test(target)) return withEmoji(label ?? target.slice('mailto:'.length));
  return withEmoji(`<${inside}>`);
}

function dateNode([, seconds, format, link], fallback) {
  const at = new Date(Number(seconds) * 1000);
  const text = formatDate(Number(seconds), withEmoji(format));
  const time = el('time', { datetime: at.toISOString(), title: fallback ?? at.toISOString() }, text);
  if (!link) return time;
  return el('a', { href: unescapeText(link), target: '_blank', rel: 'noopener noreferrer' }, time);
}
