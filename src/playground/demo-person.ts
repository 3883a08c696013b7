import type { PlaygroundSlack } from './slack/server.ts';

/** Who presses, the on-call engineer first: where one is told that they do not count, the next one tries. */
const PERSONS = ['ada', 'chen'];
/** What they press as soon as it is there: an approval, and the end of a monitored incident. */
const PRESSES = new Set(['approve_plan', 'resolve_incident']);

type Block = { type?: unknown; elements?: unknown };
type Button = { action_id?: unknown; value?: unknown };
/** How far a button has come: who pressed it last, and how many answers they had been given alone by then. */
type Press = { readonly person: number; readonly answers: number };

/** Plays people who read the incident channels and press Approve and Resolve, each of them each button once. */
export function playDemoPersons(slack: PlaygroundSlack): { stop(): void } {
  const pressed = new Map<string, Press>();

  const answersTo = (user: string, channel: string): number =>
    slack.messages(channel, { user }).filter((message) => message.ephemeral_to === user).length;

  const press = (channel: string, ts: string, button: Button): void => {
    const action = String(button.action_id);
    if (!PRESSES.has(action)) return;
    const key = `${ts} ${action} ${String(button.value)}`;
    const last = pressed.get(key);
    const before = last === undefined ? undefined : slack.people[PERSONS[last.person] ?? ''];
    if (last !== undefined && (before === undefined || answersTo(before, channel) === last.answers)) return;
    const person = last === undefined ? 0 : last.person + 1;
    const user = slack.people[PERSONS[person] ?? ''];
    if (user === undefined) return;
    slack.join({ user, channel });
    pressed.set(key, { person, answers: answersTo(user, channel) });
    slack
      .click({ channel, ts, action_id: action, user })
      // The message changed under the finger; the next change of it is looked at again.
      .catch(() => pressed.delete(key));
  };

  const look = (): void => {
    for (const channel of slack.channels()) {
      if (!channel.name.startsWith('inc-')) continue;
      for (const message of slack.messages(channel.id)) {
        for (const button of buttonsOf(message.blocks)) press(channel.id, message.ts, button);
      }
    }
  };
  return { stop: slack.onChange(look) };
}

function buttonsOf(blocks: readonly unknown[]): readonly Button[] {
  return (blocks as readonly Block[]).flatMap((block) =>
    block.type === 'actions' && Array.isArray(block.elements) ? (block.elements as Button[]) : [],
  );
}
