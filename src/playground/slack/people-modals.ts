import { enteredValue, initialValue, interactiveElements } from './blocks/elements.ts';
import { isObject, type JsonObject, objectsOf, stringOr } from './json.ts';
import { Refusal } from './method.ts';
import { closeAll, closeTop, replaceView, showView, viewContent } from './methods/views.ts';
import { NotPossible } from './not-possible.ts';
import { actionOf, interaction, type Room, userOf } from './person.ts';
import { viewShape } from './shapes.ts';
import type { View } from './state.ts';

/** What was typed or chosen, by block id and action id. */
export type Entered = { [blockId: string]: { [actionId: string]: unknown } };
export type Submitted = { closed: boolean; errors: { [blockId: string]: string } };

/** What people do in a modal. Each waits until the app has acknowledged it. */
export type ModalPeople = {
  clickView(input: { view_id: string; action_id: string; user: string; value?: unknown }): Promise<void>;
  submitView(input: { view_id: string; user: string; values?: Entered }): Promise<Submitted>;
  closeView(input: { view_id: string; user: string }): Promise<void>;
};

export function createModalPeople(room: Room): ModalPeople {
  const { state } = room;

  const viewOf = (viewId: string, userId: string): View => {
    const view = state.views.get(viewId);
    if (!view || view.user !== userId) throw new NotPossible(`no view ${viewId} is open for ${userId}`);
    return view;
  };

  return {
    clickView: async ({ view_id, action_id, user: userId, value }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      const action = actionOf(room, objectsOf(view.content.blocks), action_id, value);
      await room.delivery.deliver('interactive', {
        ...interaction(room, 'block_actions', user),
        container: { type: 'view', view_id },
        trigger_id: room.tickets.newTrigger(user.id, view.id),
        view: viewShape(state, view),
        actions: [action],
      });
    },

    submitView: async ({ view_id, user: userId, values = {} }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      const entered = enteredValues(view, values);
      const ack = await room.delivery.deliver('interactive', {
        ...interaction(room, 'view_submission', user),
        trigger_id: room.tickets.newTrigger(user.id, view.id),
        view: viewShape(state, view, entered),
        response_urls: [],
      });
      return afterSubmission(room, view, ack);
    },

    closeView: async ({ view_id, user: userId }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      closeTop(state, view);
      if (view.content.notify_on_close !== true) return;
      await room.delivery.deliver('interactive', {
        ...interaction(room, 'view_closed', user),
        view: viewShape(state, view),
        is_cleared: false,
      });
    },
  };
}

/** `state.values` of a modal: what was entered, else what each element started with. */
function enteredValues(view: View, values: Entered): JsonObject {
  const blocks = objectsOf(view.content.blocks);
  const result: { [blockId: string]: { [actionId: string]: JsonObject } } = {};
  for (const { element, blockId, block } of interactiveElements(blocks)) {
    if (block.type !== 'input' && element.type === 'button') continue;
    const actionId = stringOr(element.action_id, '');
    const given = values[blockId]?.[actionId] ?? initialValue(element);
    const isEmpty = given === undefined || given === null || given === '';
    if (block.type === 'input' && block.optional !== true && isEmpty) {
      throw new NotPossible(`"${blockId}" has to be filled in`);
    }
    result[blockId] = {
      ...result[blockId],
      [actionId]: isObject(given)
        ? { type: element.type, ...given }
        : { type: element.type, ...enteredValue(element, isEmpty ? null : given) },
    };
  }
  const unknown = Object.keys(values).find((blockId) => result[blockId] === undefined);
  if (unknown !== undefined) throw new NotPossible(`the view has no input block "${unknown}"`);
  return result;
}

/** What Slack does with the `response_action` of an acknowledged submission. */
function afterSubmission(room: Room, view: View, ack: JsonObject): Submitted {
  const { state } = room;
  const refuse = (code: string, detail?: JsonObject): Refusal => new Refusal(code, detail);
  switch (ack.response_action) {
    case 'errors': {
      const errors = isObject(ack.errors) ? ack.errors : {};
      view.errors = Object.fromEntries(Object.entries(errors).map(([block, text]) => [block, String(text)]));
      state.changed();
      return { closed: false, errors: view.errors };
    }
    case 'update':
      replaceView(state, view, viewContent(ack.view, state, refuse, { replaces: view }));
      return { closed: false, errors: {} };
    case 'push':
      showView(state, view.user, viewContent(ack.view, state, refuse), view);
      return { closed: false, errors: {} };
    case 'clear':
      closeAll(state, view.user);
      return { closed: true, errors: {} };
    default:
      closeTop(state, view);
      return { closed: true, errors: {} };
  }
}
