import type { types } from '@slack/bolt';
import { plain } from './text.ts';

export type Block = types.KnownBlock;
export type Button = types.Button;
export type Choice = types.StaticSelect;

/** What a message says: `text` is for notifications and screen readers. */
export type Rendered = { readonly text: string; readonly blocks: Block[] };

/** `text` is mrkdwn that is already safe (see text.ts). */
export function section(text: string, accessory?: Button): Block {
  const body = { type: 'section' as const, text: mrkdwn(text) };
  return accessory === undefined ? body : { ...body, accessory };
}

export function fields(texts: readonly string[]): Block {
  return { type: 'section', fields: texts.slice(0, 10).map(mrkdwn) };
}

export function context(text: string): Block {
  return { type: 'context', elements: [mrkdwn(text)] };
}

export function heading(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: plain(text, 150), emoji: false } };
}

export function actions(elements: readonly (Button | Choice)[]): readonly Block[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements: [...elements] }];
}

export function button(input: {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly confirm: string };
}): Button {
  const { confirm } = input;
  return {
    type: 'button',
    action_id: input.action,
    text: { type: 'plain_text', text: plain(input.label, 75), emoji: false },
    value: input.value,
    ...(input.style === undefined ? {} : { style: input.style }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: { type: 'plain_text', text: plain(confirm.title, 100), emoji: false },
            text: { type: 'plain_text', text: plain(confirm.text, 300), emoji: false },
            confirm: { type: 'plain_text', text: plain(confirm.confirm, 30), emoji: false },
            deny: { type: 'plain_text', text: 'Cancel', emoji: false },
          },
        }),
  };
}

/** A list to choose from, of at most 100, and values of at most 150 characters: what is longer is left out. */
export function choice(input: {
  readonly action: string;
  readonly says: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
}): Choice {
  const options = input.options.filter(({ value }) => value.length <= 150).slice(0, 100);
  return {
    type: 'static_select',
    action_id: input.action,
    placeholder: { type: 'plain_text', text: plain(input.says, 150), emoji: false },
    options: options.map(({ label, value }) => ({
      text: { type: 'plain_text', text: plain(label, 75), emoji: false },
      value,
    })),
  };
}

function mrkdwn(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text: text === '' ? '-' : text, verbatim: true };
}
