import type { types, ViewSubmitAction } from '@slack/bolt';
import { attempt, isFailure } from './failure.ts';
import { answer, type Click, type Listening, onButton, whisper } from './listen.ts';
import { ACTION } from './views/facts.ts';

const CALLBACK = 'reject_plan_reason';
const BLOCK = 'reason';
const INPUT = 'text';

type Carried = { readonly plan: string; readonly channel: string | null; readonly thread: string | null };

/** Reject on a card: asks for the reason first, since the timeline keeps it. */
export function listenForReject(listening: Listening): void {
  const { app, actions, tools } = listening;
  onButton(listening, ACTION.reject, async (click) => {
    const opened = await attempt(() =>
      tools.client.views.open({ trigger_id: click.trigger, view: reasonModal(click) }),
    );
    return isFailure(opened)
      ? { says: 'The form for the reason did not open. Please press Reject again.' }
      : null;
  });

  app.view<ViewSubmitAction>(
    { type: 'view_submission', callback_id: CALLBACK },
    async ({ ack, body, view }) => {
      const reason = view.state.values[BLOCK]?.[INPUT]?.value?.trim() ?? '';
      if (reason === '') {
        await ack({ response_action: 'errors', errors: { [BLOCK]: 'Please say why.' } });
        return;
      }
      await ack();
      const carried = carriedBy(view.private_metadata);
      const { user } = body;
      const voter = {
        enterprise: body.enterprise?.id ?? null,
        team: user.team_id ?? body.team?.id ?? '',
        user: user.id,
      };
      const tell =
        carried.channel === null
          ? async (): Promise<void> => {}
          : whisper(tools, { channel: carried.channel, user: user.id, thread: carried.thread });
      await answer(tools, CALLBACK, tell, () =>
        actions.vote({ plan: carried.plan, vote: 'reject', voter, reason }),
      );
    },
  );
}

function reasonModal({ value, channel, thread }: Click): types.ModalView {
  const carried: Carried = { plan: value, channel, thread };
  return {
    type: 'modal',
    callback_id: CALLBACK,
    private_metadata: JSON.stringify(carried),
    title: { type: 'plain_text', text: 'Reject this change', emoji: false },
    submit: { type: 'plain_text', text: 'Reject', emoji: false },
    close: { type: 'plain_text', text: 'Cancel', emoji: false },
    blocks: [
      {
        type: 'input',
        block_id: BLOCK,
        label: { type: 'plain_text', text: 'Why?', emoji: false },
        hint: {
          type: 'plain_text',
          text: 'It goes into the timeline, and the same change is not proposed again in this incident.',
          emoji: false,
        },
        element: {
          type: 'plain_text_input',
          action_id: INPUT,
          multiline: true,
          min_length: 1,
          max_length: 1000,
        },
      },
    ],
  };
}

function carriedBy(text: string): Carried {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return { plan: '', channel: null, thread: null };
  const read = (key: string): string | null => {
    const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
    return typeof found === 'string' ? found : null;
  };
  return { plan: read('plan') ?? '', channel: read('channel'), thread: read('thread') };
}
