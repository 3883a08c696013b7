import { isObject, type JsonObject, objectsOf, stringOr } from '../json.ts';
import { NotPossible } from '../not-possible.ts';

const interactive =
  /^(button|overflow|datepicker|timepicker|datetimepicker|radio_buttons|checkboxes|.*_select|.*_input)$/;

/** An element that people can act on, and the id of the block it is in. */
export type Found = { element: JsonObject; blockId: string; block: JsonObject };

/** The elements people can act on, in reading order. */
export function interactiveElements(blocks: readonly JsonObject[]): Found[] {
  return blocks.flatMap((block) => {
    const candidates = [block.accessory, block.element, ...objectsOf(block.elements)];
    return candidates
      .filter(isObject)
      .filter((element) => interactive.test(stringOr(element.type, '')))
      .map((element) => ({ element, blockId: stringOr(block.block_id, ''), block }));
  });
}

/** The blocks as Slack stores them: each has a block_id, each element that people can act on an action_id. */
export function withIds(blocks: readonly JsonObject[], nextId: () => string): JsonObject[] {
  const fill = (element: unknown): unknown =>
    isObject(element) && interactive.test(stringOr(element.type, ''))
      ? { ...element, action_id: stringOr(element.action_id, '') || nextId() }
      : element;
  return blocks.map((block) => ({
    ...block,
    block_id: stringOr(block.block_id, '') || nextId(),
    ...(block.accessory === undefined ? {} : { accessory: fill(block.accessory) }),
    ...(block.element === undefined ? {} : { element: fill(block.element) }),
    ...(Array.isArray(block.elements) ? { elements: block.elements.map(fill) } : {}),
  }));
}

/** The choices of a select, a radio group or an overflow menu, groups flattened. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const groups = objectsOf(element.option_groups).flatMap((group) => objectsOf(group.options));
  return [...objectsOf(element.options), ...groups];
}

/**
 * What an element holds once a person entered this: the member that goes into `actions[]` and into
 * `view.state.values`. Several values are given as a list, or separated by commas.
 * @throws NotPossible when a choice is not among the options
 */
export function enteredValue(element: JsonObject, entered: unknown): JsonObject {
  const type = stringOr(element.type, '');
  const choose = (value: string): JsonObject => {
    const option = optionsOf(element).find((one) => one.value === value);
    if (!option)
      throw new NotPossible(`there is no option "${value}" in ${stringOr(element.action_id, type)}`);
    return option;
  };
  const one = typeof entered === 'string' ? entered : null;
  const several = Array.isArray(entered)
    ? entered.map(String)
    : (one ?? '').split(',').filter((part) => part !== '');
  switch (type) {
    case 'button':
      return element.value === undefined ? {} : { value: element.value };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { selected_option: one ? choose(one) : null };
    case 'multi_static_select':
    case 'checkboxes':
      return { selected_options: several.map(choose) };
    case 'users_select':
      return { selected_user: one };
    case 'multi_users_select':
      return { selected_users: several };
    case 'channels_select':
      return { selected_channel: one };
    case 'multi_channels_select':
      return { selected_channels: several };
    case 'conversations_select':
      return { selected_conversation: one };
    case 'multi_conversations_select':
      return { selected_conversations: several };
    case 'datepicker':
      return { selected_date: one };
    case 'timepicker':
      return { selected_time: one };
    case 'datetimepicker':
      return { selected_date_time: one === null ? null : Number(one) };
    default:
      return { value: one };
  }
}

/** What an element holds before anybody touched it. */
export function initialValue(element: JsonObject): unknown {
  const single = ['value', 'user', 'channel', 'conversation', 'date', 'time'].map(
    (name) => element[`initial_${name}`],
  );
  const given = single.find((value) => typeof value === 'string');
  if (given !== undefined) return given;
  if (isObject(element.initial_option)) return element.initial_option.value;
  const several = objectsOf(element.initial_options).map((option) => option.value);
  if (several.length > 0) return several;
  for (const name of ['users', 'channels', 'conversations']) {
    if (Array.isArray(element[`initial_${name}`])) return element[`initial_${name}`];
  }
  return undefined;
}
