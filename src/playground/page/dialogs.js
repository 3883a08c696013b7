import { plainText, renderBlocks, textNodes } from './blocks.js';
import { el, versionOf } from './dom.js';

const confirmDialog = document.getElementById('confirm');
const modalDialog = document.getElementById('modal');

/** Asks what a button's `confirm` object says. Resolves with whether the person agreed. */
export function askConfirm(confirm, names) {
  return new Promise((resolve) => {
    const close = (answer) => {
      confirmDialog.returnValue = answer;
      confirmDialog.close(answer);
    };
    confirmDialog.replaceChildren(
      el('h2', { id: 'confirm-title' }, plainText(confirm.title)),
      el('div', { class: 'text', id: 'confirm-text' }, ...textNodes(confirm.text, names)),
      el(
        'div',
        { class: 'dialog-buttons' },
        el(
          'button',
          { type: 'button', class: 'button', onclick: () => close('deny') },
          plainText(confirm.deny),
        ),
        el(
          'button',
          {
            type: 'button',
            class: `button ${confirm.style ?? 'primary'}`,
            autofocus: true,
            onclick: () => close('confirm'),
          },
          plainText(confirm.confirm),
        ),
      ),
    );
    confirmDialog.setAttribute('aria-labelledby', 'confirm-title');
    confirmDialog.setAttribute('aria-describedby', 'confirm-text');
    confirmDialog.returnValue = 'deny';
    confirmDialog.addEventListener('close', () => resolve(confirmDialog.returnValue === 'confirm'), {
      once: true,
    });
    confirmDialog.showModal();
  });
}

let shown = '';

/**
 * Shows the modal that is on top for this person, or none. What was typed stays while the view is the same.
 * @param {object | undefined} view
 * @param {{names: object, people: object[], channels: object[], submit: Function, close: Function, act: Function}} room
 */
export function showModal(view, room) {
  const version = view ? versionOf([view.id, view.content]) : '';
  if (view && version === shown) {
    markErrors(view.errors);
    return;
  }
  shown = version;
  if (!view) {
    if (modalDialog.open) modalDialog.close();
    return;
  }
  const { content } = view;
  const blocks = content.blocks ?? [];
  const form = el(
    'form',
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        void room.submit(view, valuesOf(form, blocks));
      },
    },
    el('h2', { id: 'modal-title' }, plainText(content.title)),
    ...renderBlocks(blocks, {
      names: room.names,
      key: view.id,
      act: (element, value) => room.act(view, element, value),
      field: (block) => inputField(block, room),
    }),
    el(
      'div',
      { class: 'dialog-buttons' },
      el(
        'button',
        { type: 'button', class: 'button', onclick: () => room.close(view) },
        plainText(content.close, 'Cancel'),
      ),
      content.submit ? el('button', { class: 'button primary' }, plainText(content.submit)) : null,
    ),
  );
  modalDialog.replaceChildren(form);
  modalDialog.setAttribute('aria-labelledby', 'modal-title');
  modalDialog.oncancel = (event) => {
    event.preventDefault();
    void room.close(view);
  };
  if (!modalDialog.open) modalDialog.showModal();
  markErrors(view.errors);
}

function inputField(block, room) {
  const { element } = block;
  const id = `input-${block.block_id}`;
  const label = el('label', { for: id }, plainText(block.label), block.optional ? ' (optional)' : '');
  return el(
    'div',
    { class: 'input', 'data-block': block.block_id },
    label,
    fieldFor(element, { id, 'aria-describedby': `${id}-error`, required: !block.optional }, room),
    block.hint ? el('p', { class: 'quiet' }, plainText(block.hint)) : null,
    el('p', { class: 'error', id: `${id}-error`, role: 'alert' }),
  );
}

function fieldFor(element, common, room) {
  switch (element.type) {
    case 'plain_text_input': {
      const rules = {
        ...common,
        placeholder: plainText(element.placeholder),
        maxlength: element.max_length,
        minlength: element.min_length,
      };
      if (element.multiline) return el('textarea', { ...rules, rows: 4 }, element.initial_value ?? '');
      return el('input', { ...rules, value: element.initial_value });
    }
    case 'number_input':
      return el('input', { ...common, inputmode: 'decimal', value: element.initial_value });
    case 'datepicker':
      return el('input', { ...common, type: 'date', value: element.initial_date });
    case 'timepicker':
      return el('input', { ...common, type: 'time', value: element.initial_time });
    case 'users_select':
    case 'multi_users_select':
      return choice(
        element,
        common,
        room.people.map((one) => [one.id, one.real_name]),
        element.initial_user,
      );
    case 'channels_select':
    case 'conversations_select':
      return choice(
        element,
        common,
        room.channels.map((one) => [one.id, `#${one.name}`]),
        element.initial_channel,
      );
    default: {
      const options = [
        ...(element.options ?? []),
        ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
      ];
      if (options.length === 0) return el('input', { ...common, value: element.initial_value });
      const initial = element.initial_option?.value ?? element.initial_options?.[0]?.value;
      return choice(
        element,
        common,
        options.map((one) => [one.value, plainText(one.text)]),
        initial,
      );
    }
  }
}

function choice(element, common, options, initial) {
  const several = element.type.startsWith('multi_') || element.type === 'checkboxes';
  return el(
    'select',
    { ...common, multiple: several },
    several ? null : el('option', { value: '' }, plainText(element.placeholder, 'Choose…')),
    ...options.map(([value, text]) => el('option', { value, selected: value === initial }, text)),
  );
}

function valuesOf(form, blocks) {
  const values = {};
  for (const block of blocks) {
    if (block.type !== 'input') continue;
    const field = form.querySelector(`#${CSS.escape(`input-${block.block_id}`)}`);
    if (!field) continue;
    const value = field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
    if (value !== '') values[block.block_id] = { [block.element.action_id]: value };
  }
  return values;
}

function markErrors(errors) {
  for (const input of modalDialog.querySelectorAll('[data-block]')) {
    const text = errors[input.dataset.block] ?? '';
    const line = input.querySelector('.error');
    if (line && line.textContent !== text) line.textContent = text;
    input
      .querySelector('input, textarea, select')
      ?.setAttribute('aria-invalid', text === '' ? 'false' : 'true');
  }
}

/** Says at a field what is missing, before anything is sent. */
export function markMissing(blockId, text) {
  markErrors({ [blockId]: text });
  modalDialog.querySelector(`[data-block="${CSS.escape(blockId)}"] :is(input, textarea, select)`)?.focus();
}
