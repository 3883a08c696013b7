import type { PlaygroundSlack } from './slack/server.ts';

/** The on-call engineer of the playground's workspace. */
export const DEMO_PERSON = 'ada';
/** What she presses as soon as it is there: an approval, and the end of a monitored incident. */
const PRESSES = new Set(['approve_plan', 'resolve_incident']);

type Block = { type?: unknown; elements?: unknown };
type Button = { action_id?: unknown; value?: unknown };

/** Plays a person who reads the incident channels and presses Approve and Resolve, each button once. */
export function playDemoPerson(slack: PlaygroundSlack, name: string): { stop(): void } {
  const user = slack.people[name];
  if (user === undefined) throw new Error(`the playground's workspace has no ${name}`);
  const pressed = new Set<string>();

  const look = (): void => {
    for (const channel of slack.channels()) {
      if (!channel.name.startsWith('inc-')) continue;
      for (const message of slack.messages(channel.id)) {
        for (const button of buttonsOf(message.blocks)) {
          const action = String(button.action_id);
          const key = `${message.ts} ${action} ${String(button.value)}`;
          if (!PRESSES.has(action) || pressed.has(key)) continue;
          pressed.add(key);
          slack
            .click({ channel: channel.id, ts: message.ts, action_id: action, user })
            // The message changed under the finger; the next change of it is looked at again.
            .catch(() => pressed.delete(key));
        }
      }
    }
  };
  const unsubscribe = slack.onChange(look);
  return { stop: unsubscribe };
}

function buttonsOf(blocks: readonly unknown[]): readonly Button[] {
  return (blocks as readonly Block[]).flatMap((block) =>
    block.type === 'actions' && Array.isArray(block.elements) ? (block.elements as Button[]) : [],
  );
}
