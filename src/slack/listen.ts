import type { App, BlockAction, ButtonAction, StaticSelectAction } from '@slack/bolt';
import type { SlackUser } from '../core/actor.ts';
import { type IncidentId, parseIncidentId } from '../core/ids.ts';
import type { Answer, SlackActions } from './actions.ts';
import { attempt, isFailure } from './failure.ts';
import type { Tools } from './tools.ts';
import { type Rendered, section } from './views/blocks.ts';
import { paragraphs } from './views/text.ts';

export type Listening = { readonly app: App; readonly actions: SlackActions; readonly tools: Tools };

/** A press of one of our buttons, or a choice from one of our lists. */
export type Click = {
  readonly by: SlackUser;
  /** What the button or the choice carried; never more than an id and a name. */
  readonly value: string;
  readonly channel: string | null;
  /** The thread that the button stands in. */
  readonly thread: string | null;
  /** Opens a modal, within three seconds. */
  readonly trigger: string;
};

export const SORRY = 'That did not work. Please try again; if it keeps failing, firstmate’s log says why.';

/** Acknowledges first, then acts; the answer, or that it did not work, goes to the person alone. */
export function onButton(
  { app, tools }: Listening,
  action: string | RegExp,
  act: (click: Click) => Promise<Answer>,
): void {
  app.action<BlockAction<ButtonAction | StaticSelectAction>>(
    { type: 'block_actions', action_id: action },
    async ({ ack, body, action: pressed, respond }) => {
      await ack();
      const click: Click = {
        by: {
          enterprise: body.enterprise?.id ?? null,
          team: body.user.team_id ?? body.team?.id ?? '',
          user: body.user.id,
        },
        value: (pressed.type === 'static_select' ? pressed.selected_option?.value : pressed.value) ?? '',
        channel: body.channel?.id ?? null,
        thread: typeof body.message?.thread_ts === 'string' ? body.message.thread_ts : null,
        trigger: body.trigger_id,
      };
      const tell: Tell = async (said) => {
        await respond({ response_type: 'ephemeral', replace_original: false, ...said });
      };
      await answer(tools, pressed.action_id, tell, () => act(click));
    },
  );
}

/** What one person reads. In blocks, since what others wrote is linked and mentions where a message is text alone. */
export type Tell = (said: Rendered) => Promise<void>;

/** Does it and tells the person; losing the telling is harmless and logged. */
export async function answer(
  { log }: Pick<Tools, 'log'>,
  what: string,
  tell: Tell,
  act: () => Promise<Answer>,
): Promise<void> {
  let says: string | null;
  try {
    const answered = await act();
    says = answered === null ? null : paragraphs(answered.says);
  } catch (error) {
    log.error({ what, error: message(error) }, 'what a person asked for in Slack failed');
    says = SORRY;
  }
  if (says === null || says === '') return;
  try {
    await tell({ text: says, blocks: [section(says)] });
  } catch (error) {
    log.warn({ what, error: message(error) }, 'a person could not be answered');
  }
}

/** Where there is no response_url: the same to the person alone, in the channel they acted in. */
export function whisper(
  tools: Tools,
  to: { readonly channel: string; readonly user: string; readonly thread: string | null },
): Tell {
  return async (said) => {
    const sent = await attempt(() =>
      tools.client.chat.postEphemeral({
        channel: to.channel,
        user: to.user,
        ...said,
        ...(to.thread === null ? {} : { thread_ts: to.thread }),
      }),
    );
    if (isFailure(sent)) throw new Error(sent.end.says);
  };
}

/** Runs with the incident that a button names. */
export async function withIncident(
  value: string,
  act: (incident: IncidentId) => Promise<Answer>,
): Promise<Answer> {
  const id = parseIncidentId(value);
  return id === undefined ? { says: 'This button belongs to no incident that I know.' } : act(id);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
