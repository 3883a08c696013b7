import type { Answer, SlackActions } from './actions.ts';
import { type Asked, inChannel } from './asked.ts';
import { type Listening, onButton, withIncident } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** `cluster prod`: where its source did not say which cluster it is. */
export function pickCluster(actions: SlackActions, asked: Asked, rest: string): Promise<Answer> {
  return inChannel(actions, asked, async ({ id: incident, cluster }) =>
    rest === ''
      ? { says: `It is in ${cluster}. Say another one’s name where that is not so.` }
      : actions.pickCluster({ incident, cluster: rest, by: asked.by }),
  );
}

/** The clusters on the header of an incident in none that is known, as buttons or as a list. */
export function listenForPickCluster(listening: Listening): void {
  onButton(listening, new RegExp(`^${ACTION.pickCluster}\\d*$`), ({ value, by }) => {
    const [id = '', ...cluster] = value.split(' ');
    return withIncident(id, (incident) =>
      listening.actions.pickCluster({ incident, cluster: cluster.join(' '), by }),
    );
  });
}
