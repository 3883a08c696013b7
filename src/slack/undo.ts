import { type Listening, onButton } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Undo on the card of a plan that succeeded: asks for a plan that takes it back. */
export function listenForUndo(listening: Listening): void {
  onButton(listening, ACTION.undo, ({ value, by }) => listening.actions.undo({ plan: value, by }));
}
