import { type Listening, onButton, withIncident } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Take the lead on the header. */
export function listenForTakeLead(listening: Listening): void {
  onButton(listening, ACTION.takeLead, ({ value, by }) =>
    withIncident(value, (incident) => listening.actions.take({ incident, by })),
  );
}
