import { plainText } from './blocks.js';
import { el } from './dom.js';

/** An input block of a modal: its label, the field, the hint, and the place for what is wrong with it. */
export function inputField(block, room) {
  const { element } = block;
  const id = `input-${block.block_id}`;
  const label = el('label', { for: id }, plainText(block.label), block.optional ? ' (optional)' : '');
  return el(
    'div',
    { class: 'input', 'data-block': block.block_id },
    label,
    fieldFor(
      element,
      { id, 'aria-describedby': `${id}-error`, 'aria-required': String(!block.optional) },
      room,
    ),
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
        [element.initial_user, ...(element.initial_users ?? [])],
      );
    case 'channels_select':
    case 'conversations_select':
      return choice(
        element,
        common,
        room.channels.map((one) => [one.id, `#${one.name}`]),
        [element.initial_channel, element.initial_conversation],
      );
    default: {
      const options = [
        ...(element.options ?? []),
        ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
      ];
      if (options.length === 0) return el('input', { ...common, value: element.initial_value });
      const initial = [element.initial_option, ...(element.initial_options ?? [])].map((one) => one?.value);
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
    ...options.map(([value, text]) => el('option', { value, selected: initial.includes(value) }, text)),
  );
}

/** What was typed and chosen in a modal, by block id and action id; what is empty is left out. */
export function valuesOf(form, blocks) {
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
