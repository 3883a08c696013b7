import { at, textOr } from './kubernetes/json.ts';
import type { PlaygroundSlack } from './slack/server.ts';

/** Who presses, the on-call engineer first: where one is told that they do not count, the next one tries. */
const PERSONS = ['ada', 'chen'];
/** What they press as soon as it is there: an approval, and the end of a monitored incident. */
const PRESSES: ReadonlySet<string> = new Set(['approve_plan', 'resolve_incident']);
const OPEN = 'open_channel';
/** In a storm nobody opens a channel for everything that alerts. */
const CHANNELS_OPENED = 4;
/** How long people wait for a proposal once a diagnosis is there. */
const WAIT_FOR_PLAN_MS = 3_000;
/** How long they wait after an approval for what was approved to show. */
const WAIT_FOR_RESULT_MS = 20_000;

type Button = { action: string; value: string };
/** How far a button has come: who pressed it last, and how many answers they had been given alone by then. */
type Press = { readonly person: number; readonly answers: number };

/** What people do themselves when no plan comes: `says` is one sentence about it. */
export type ByHand = { readonly says: string; needed(): boolean; heal(): Promise<void> };

export type DemoPersons = {
  /** Whether they have healed something by hand. */
  healedByHand(): boolean;
  stop(): void;
};

/**
 * Plays people who read all channels and press Approve and Resolve, each of them each button once. With `byHand` they
 * also open channels for incidents that are only watched, and do it themselves when a diagnosis brings no plan.
 */
export function playDemoPersons(slack: PlaygroundSlack, byHand: ByHand | null = null): DemoPersons {
  const pressed = new Map<string, Press>();
  const opened = new Set<string>();
  const noticed = new Set<string>();
  let healed = false;
  let timer: NodeJS.Timeout | undefined;

  const answersTo = (user: string, channel: string): number =>
    slack.messages(channel, { user }).filter((message) => message.ephemeral_to === user).length;

  const press = (channel: string, ts: string, { action, value }: Button): void => {
    const key = `${ts} ${action} ${value}`;
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

  const mayPress = ({ action, value }: Button): boolean => {
    if (PRESSES.has(action)) return true;
    if (action !== OPEN || byHand === null) return false;
    if (opened.size < CHANNELS_OPENED) opened.add(value);
    return opened.has(value);
  };

  /** Waits anew with every diagnosis and every button, and then looks whether hands are needed. */
  const waitFrom = (channel: string, what: string, ms: number): void => {
    if (byHand === null || healed || noticed.has(what)) return;
    noticed.add(what);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!byHand.needed()) return;
      healed = true;
      const user = slack.people[PERSONS[0] ?? ''] ?? '';
      slack.join({ user, channel });
      slack.say({ user, channel, text: byHand.says });
      byHand.heal().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        slack.say({ user, channel, text: `That did not work: ${why}` });
      });
    }, ms);
  };

  const look = (): void => {
    for (const channel of slack.channels()) {
      for (const message of slack.messages(channel.id)) {
        const key = textOr(at(message.metadata, 'event_payload', 'key'));
        if (key.startsWith('finding:')) waitFrom(channel.id, key, WAIT_FOR_PLAN_MS);
        for (const button of message.blocks.flatMap(buttonsOf)) {
          if (!mayPress(button)) continue;
          press(channel.id, message.ts, button);
          if (button.action === 'approve_plan') waitFrom(channel.id, button.value, WAIT_FOR_RESULT_MS);
        }
      }
    }
  };
  const unsubscribe = slack.onChange(look);
  return {
    healedByHand: () => healed,
    stop: () => {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}

/** The buttons of a block: those in a row, and the one beside a section's text. */
function buttonsOf(block: unknown): readonly Button[] {
  const elements = at(block, 'type') === 'actions' ? at(block, 'elements') : [at(block, 'accessory')];
  return (Array.isArray(elements) ? elements : []).flatMap((element) => {
    const action = textOr(at(element, 'action_id'));
    return action === '' ? [] : [{ action, value: textOr(at(element, 'value')) }];
  });
}
