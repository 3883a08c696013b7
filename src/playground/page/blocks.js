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
    block.accessory && block.accessory.type !== 'image' ? control(block.accessory, room) : null,
  );
}

/** Something to press or choose from. */
export function control(element, room) {
  const busy = room.busy === element.action_id;
  if (element.type === 'button') {
    if (element.url && !room.act) return el('span', {}, plainText(element.text));
    return el(
      'button',
      {
        type: 'button',
        class: `button ${element.style ?? ''}`,
        'data-focus': `${room.key ?? ''}/${element.action_id}`,
        'aria-label': element.accessibility_label,
        'aria-busy': busy ? 'true' : undefined,
        'aria-disabled': busy ? 'true' : undefined,
        onclick: () => room.act?.(element),
      },
      plainText(element.text),
    );
  }
  const options = [
    ...(element.options ?? []),
    ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
  ];
  if (options.length === 0) return el('span', { class: 'alt' }, `[${element.type}]`);
  const select = el(
    'select',
    {
      'data-focus': `${room.key ?? ''}/${element.action_id}`,
      'aria-label': plainText(element.placeholder, element.type === 'overflow' ? 'More' : 'Choose'),
      onchange: (event) => room.act?.(element, event.target.value),
    },
    el(
      'option',
      { value: '' },
      plainText(element.placeholder, element.type === 'overflow' ? '⋯' : 'Choose…'),
    ),
    ...options.map((option) => el('option', { value: option.value }, plainText(option.text))),
  );
  return select;
}
