import { type Listening, onButton } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Approve on a card, after its confirm dialog. */
export function listenForApprove(listening: Listening): void {
  onButton(listening, ACTION.approve, ({ value, by }) =>
    listening.actions.vote({ plan: value, vote: 'approve', voter: by, reason: null }),
  );
}
