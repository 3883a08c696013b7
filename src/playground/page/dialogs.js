import { plainText, renderBlocks, textNodes } from './blocks.js';
import { el, versionOf } from './dom.js';
import { inputField, valuesOf } from './fields.js';

const confirmDialog = document.getElementById('confirm');
const modalDialog = document.getElementById('modal');

/** Asks what a button's `confirm` object says. Resolves with whether the person agreed. */
export function askConfirm(confirm, names) {
  return new Promise((resolve) => {
    const from = document.activeElement?.closest('[data-focus]')?.dataset.focus;
    const close = (answer) => confirmDialog.close(answer);
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
    const closed = () => {
      // The button may have been drawn anew under the dialog; then the browser does not find the way back.
      if (from && document.activeElement === document.body) {
        document.querySelector(`[data-focus="${CSS.escape(from)}"]`)?.focus({ preventScroll: true });
      }
      resolve(confirmDialog.returnValue === 'confirm');
    };
    confirmDialog.addEventListener('close', closed, { once: true });
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
    el('h2', { id: 'modal-title', tabindex: '-1' }, plainText(content.title)),
    el(
      'div',
      { class: 'dialog-body blocks' },
      ...renderBlocks(blocks, {
        names: room.names,
        key: view.id,
        act: (element, value) => room.act(view, element, value),
        field: (block) => inputField(block, room),
      }),
    ),
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
  // What is to be typed first, else the beginning: a long modal is read from its top.
  (form.querySelector('.input :is(input, textarea, select)') ?? form.querySelector('h2')).focus();
  markErrors(view.errors);
}

function markErrors(errors = {}) {
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
