import { type Listening, onButton, withIncident } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** Open channel on the line of an incident that is only watched. */
export function listenForOpenChannel(listening: Listening): void {
  onButton(listening, ACTION.openChannel, ({ value, by }) =>
    withIncident(value, (incident) => listening.actions.openChannel({ incident, by })),
  );
}
