import { type Listening, onButton } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Refresh on the card of an expired or voided plan. */
export function listenForRefresh(listening: Listening): void {
  onButton(listening, ACTION.refresh, ({ value, by }) => listening.actions.refreshPlan({ plan: value, by }));
}
