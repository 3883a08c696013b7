import type { Answer, Opened, SlackActions } from './actions.ts';
import { type Asked, inChannel, whereItOpened } from './asked.ts';
import { type Listening, onButton, withIncident } from './listen.ts';
import { ACTION } from './views/facts.ts';

/** `split 2`, `split checkout`: takes a joined problem out; alone it lists them. */
export function split(actions: SlackActions, asked: Asked, rest: string): Promise<Answer> {
  return inChannel(actions, asked, async ({ id: incident }) =>
    told(await actions.split({ incident, which: rest, by: asked.by })),
  );
}

/** Separate on the header, for a problem that joined without anybody having looked. */
export function listenForSeparate(listening: Listening): void {
  onButton(listening, new RegExp(`^${ACTION.separate}\\d+$`), ({ value, by }) => {
    const [id = '', problem = ''] = value.split(' ');
    return withIncident(id, async (incident) =>
      told(await listening.actions.separate({ incident, problem, by })),
    );
  });
}

function told(answer: Opened | { readonly says: string }): Answer {
  return 'says' in answer ? answer : { says: whereItOpened(answer, 'Took it out into') };
}
