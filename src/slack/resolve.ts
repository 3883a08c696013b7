import { type Listening, onButton, withIncident } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Resolve on the header of an incident whose alerts are clear. */
export function listenForResolve(listening: Listening): void {
  onButton(listening, ACTION.resolve, ({ value, by }) =>
    withIncident(value, (incident) => listening.actions.resolve({ incident, by })),
  );
}
