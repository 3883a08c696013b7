import { el } from './dom.js';
import { mrkdwn, withEmoji } from './mrkdwn.js';

/**
 * Block Kit as elements.
 * @param {object[]} blocks
 * @param {{names: object, act?: (element: object, value?: unknown) => void, busy?: string, field?: (block: object) => Element}} room
 *   `act` is called when a person uses an element; `field` draws the input blocks of a modal
 */
export function renderBlocks(blocks, room) {
  return blocks.map((block) => renderBlock(block, room)).filter((node) => node !== null);
}

/** A text object: plain text or mrkdwn. */
export function textNodes(object, names) {
  if (!object || typeof object.text !== 'string') return [];
  return object.type === 'mrkdwn' ? mrkdwn(object.text, names) : [withEmoji(object.text)];
}

export function plainText(object, fallback = '') {
  return typeof object?.text === 'string' ? withEmoji(object.text) : fallback;
}

function renderBlock(block, room) {
  switch (block.type) {
    case 'header':
      return el('h3', { class: 'block-header' }, plainText(block.text));
    case 'divider':
      return el('hr');
    case 'section':
      return section(block, room);
    case 'context':
      return el(
        'p',
        { class: 'context' },
        ...(block.elements ?? []).map((element) =>
          element.type === 'image'
            ? el('span', { class: 'alt' }, `[${element.alt_text}]`)
            : el('span', {}, ...textNodes(element, room.names)),
        ),
      );
    case 'actions':
      return el('div', { class: 'actions' }, ...(block.elements ?? []).map((one) => control(one, room)));
    case 'markdown':
      return el('div', { class: 'text' }, ...mrkdwn(String(block.text ?? ''), room.names));
    case 'image':
      return el('p', { class: 'alt' }, `[${plainText(block.title, block.alt_text)}]`);
    case 'input':
      return room.field ? room.field(block) : null;
    default:
      return el('p', { class: 'alt' }, `[${block.type}]`);
  }
}

function section(block, room) {
  const fields = (block.fields ?? []).map((field) =>
    el('div', { class: 'field' }, ...textNodes(field, room.names)),
  );
  return el(
    'div',
    { class: 'section' },
    el(
      'div',
      { class: 'section-body' },
      block.text ? el('div', { class: 'text' }, ...textNodes(block.text, room.names)) : null,
      fields.length > 0 ? el('div', { class: 'fields' }, ...fields) : null,
    ),
    block.accessory ? accessory(block.accessory, room) : null,
  );
}

/** The page loads nothing from elsewhere, so of an image its alternative text is shown. */
function accessory(element, room) {
  if (element.type === 'image') return el('span', { class: 'alt' }, `[${element.alt_text}]`);
  return control(element, room);
}

/** Something to press or choose from. */
export function control(element, room) {
  if (element.type === 'button') return button(element, room);
  const options = [
    ...(element.options ?? []),
    ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
  ];
  if (options.length === 0) return el('span', { class: 'alt' }, `[${element.type}]`);
  return element.type === 'overflow' ? overflow(element, options, room) : select(element, options, room);
}

function button(element, room) {
  const busy = room.busy === element.action_id;
  const common = {
    class: `button ${element.style ?? ''}`,
    'data-focus': `${room.key ?? ''}/${element.action_id}`,
    'aria-label': element.accessibility_label,
    onclick: () => room.act?.(element),
  };
  if (/^https?:/.test(element.url ?? '')) {
    return el(
      'a',
      { ...common, href: element.url, target: '_blank', rel: 'noopener noreferrer' },
      plainText(element.text),
    );
  }
  const waiting = busy ? 'true' : undefined;
  return el(
    'button',
    { ...common, type: 'button', 'aria-busy': waiting, 'aria-disabled': waiting },
    plainText(element.text),
  );
}

function select(element, options, room) {
  const placeholder = plainText(element.placeholder, 'Choose…');
  return el(
    'select',
    {
      'data-focus': `${room.key ?? ''}/${element.action_id}`,
      'aria-label': placeholder,
      onchange: (event) => room.act?.(element, event.target.value),
    },
    el('option', { value: '' }, placeholder),
    ...options.map((option) => el('option', { value: option.value }, plainText(option.text))),
  );
}

/** The three dots: a list of buttons that opens below them; Escape closes it. */
function overflow(element, options, room) {
  const choose = (option) => {
    menu.open = false;
    room.act?.(element, option.value);
  };
  const menu = el(
    'details',
    {
      class: 'overflow',
      onkeydown: (event) => {
        if (event.key !== 'Escape' || !menu.open) return;
        event.stopPropagation();
        event.preventDefault();
        menu.open = false;
        menu.querySelector('summary').focus();
      },
    },
    el(
      'summary',
      { class: 'button', 'aria-label': 'More', 'data-focus': `${room.key ?? ''}/${element.action_id}` },
      '⋯',
    ),
    el(
      'ul',
      {},
      ...options.map((option) =>
        el(
          'li',
          {},
          el(
            'button',
            { type: 'button', class: 'link', onclick: () => choose(option) },
            plainText(option.text),
          ),
        ),
      ),
    ),
  );
  return menu;
}
