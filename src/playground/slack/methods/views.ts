import { withIds } from '../blocks/elements.ts';
import { faultLines, faultsOfModal } from '../blocks/validate.ts';
import { isObject, type JsonObject, objectsOf, stringOr } from '../json.ts';
import { type Call, invalidArguments, type Method, method, type Refuse } from '../method.ts';
import { viewShape } from '../shapes.ts';
import type { State, View } from '../state.ts';

const mostStacked = 3;
const largestBytes = 250_000;

/** A view as an app may send it, checked. @throws Refusal as Slack words it */
export function viewContent(
  value: unknown,
  state: State,
  refuse: Refuse<'view_too_large' | 'duplicate_external_id'>,
  options: { kind?: 'modal' | 'home'; replaces?: View | undefined } = {},
): JsonObject {
  const { kind = 'modal', replaces } = options;
  if (!isObject(value)) throw invalidArguments(['[ERROR] missing required field: view']);
  if (value.type !== undefined && value.type !== kind) {
    throw invalidArguments([`[ERROR] unsupported type: ${String(value.type)} [json-pointer:/view/type]`]);
  }
  if (JSON.stringify(value).length > largestBytes) throw refuse('view_too_large');
  const faults = faultsOfModal(value);
  if (faults.length > 0) {
    throw invalidArguments(faultLines(faults, '/view').map((line) => `[ERROR] ${line}`));
  }
  const externalId = stringOr(value.external_id, '');
  const taken = [...state.views.values(), ...state.homes.values()].some(
    (view) => view !== replaces && externalId !== '' && view.content.external_id === externalId,
  );
  if (taken) throw refuse('duplicate_external_id');
  return {
    ...value,
    blocks: withIds(objectsOf(value.blocks), () => state.nextId('b').slice(-5)),
  };
}

/** Shows a view to a person, on top of what is open when it is pushed, else alone. */
export function showView(state: State, user: string, content: JsonObject, below?: View): View {
  const id = state.nextId('V');
  const view: View = {
    id,
    user,
    content,
    hash: `${state.seconds()}.${id}`,
    rootId: below?.rootId ?? id,
    errors: {},
    ...(below ? { previousId: below.id } : {}),
  };
  if (!below) closeAll(state, user);
  state.views.set(id, view);
  state.stacks.set(user, [...(state.stacks.get(user) ?? []), id]);
  state.changed();
  return view;
}

export function replaceView(state: State, view: View, content: JsonObject): void {
  view.content = content;
  view.errors = {};
  view.hash = `${state.seconds()}.${state.nextId('h')}`;
  state.changed();
}

export function closeTop(state: State, view: View): void {
  state.views.delete(view.id);
  state.stacks.set(
    view.user,
    (state.stacks.get(view.user) ?? []).filter((id) => id !== view.id),
  );
  state.changed();
}

export function closeAll(state: State, user: string): void {
  for (const id of state.stacks.get(user) ?? []) state.views.delete(id);
  state.stacks.delete(user);
  state.changed();
}

type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

function trigger(call: Call, refuse: Refuse<TriggerError>): { user: string; viewId?: string } {
  const id = call.args.text('trigger_id');
  if (id === '') throw invalidArguments(['[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]']);
  const used = call.tickets.useTrigger(id);
  switch (used.kind) {
    case 'good':
      return used;
    case 'expired':
      throw refuse('expired_trigger_id');
    case 'exchanged':
      throw refuse('exchanged_trigger_id');
    case 'unknown':
      throw refuse('invalid_trigger_id');
  }
}

const triggerErrors = ['invalid_trigger_id', 'expired_trigger_id', 'exchanged_trigger_id'] as const;
const viewErrors = ['view_too_large', 'duplicate_external_id'] as const;

const open = method({
  name: 'views.open',
  errors: [...triggerErrors, ...viewErrors],
  run: (call, refuse) => {
    const content = viewContent(call.args.json('view'), call.state, refuse);
    const { user } = trigger(call, refuse);
    return { view: viewShape(call.state, showView(call.state, user, content)) };
  },
});

const push = method({
  name: 'views.push',
  errors: [...triggerErrors, ...viewErrors, 'push_limit_reached', 'not_found'],
  run: (call, refuse) => {
    const content = viewContent(call.args.json('view'), call.state, refuse);
    const { user, viewId } = trigger(call, refuse);
    const below = viewId === undefined ? undefined : call.state.views.get(viewId);
    if (!below) throw refuse('not_found');
    if ((call.state.stacks.get(user) ?? []).length >= mostStacked) throw refuse('push_limit_reached');
    return { view: viewShape(call.state, showView(call.state, user, content, below)) };
  },
});

const update = method({
  name: 'views.update',
  errors: [...viewErrors, 'not_found', 'hash_conflict'],
  run: (call, refuse) => {
    const { args, state } = call;
    const view = args.has('view_id')
      ? state.views.get(args.text('view_id'))
      : [...state.views.values()].find(
          (one) => args.has('external_id') && one.content.external_id === args.text('external_id'),
        );
    if (!view) throw refuse('not_found');
    if (args.has('hash') && args.text('hash') !== view.hash) throw refuse('hash_conflict');
    replaceView(state, view, viewContent(args.json('view'), state, refuse, { replaces: view }));
    return { view: viewShape(state, view) };
  },
});

const publish = method({
  name: 'views.publish',
  errors: [...viewErrors, 'hash_conflict'],
  run: (call, refuse) => {
    const { args, state } = call;
    const user = state.users.get(args.text('user_id'));
    if (!user || user.deleted || user.isBot) throw invalidArguments(['invalid `user_id`']);
    const known = state.homes.get(user.id);
    if (known && args.has('hash') && args.text('hash') !== known.hash) throw refuse('hash_conflict');
    const content = viewContent(args.json('view'), state, refuse, { kind: 'home', replaces: known });
    const id = known?.id ?? state.nextId('V');
    const hash = `${state.seconds()}.${state.nextId('h')}`;
    const view: View = { id, user: user.id, content, hash, rootId: id, errors: {} };
    state.homes.set(user.id, view);
    state.changed();
    return { view: viewShape(state, view) };
  },
});

export const viewMethods: readonly Method[] = [open, push, update, publish];
