import { expect, test } from 'vitest';
import { clientOf, refusal, startSlack } from './harness.ts';

const text = (length: number): string => 'x'.repeat(length);
const plain = (length: number) => ({ type: 'plain_text', text: text(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: text(length) });
const option = (more: object = {}) => ({ text: plain(3), value: 'v', ...more });
const options = (count: number) =>
  Array.from({ length: count }, (_, index) => option({ value: `v${index}` }));
const group = (more: object = {}) => ({ label: plain(5), options: options(1), ...more });
const select = (more: object = {}) => ({ type: 'static_select', action_id: 'a', ...more });
const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: plain(3), ...more });
const actions = (element: object) => ({ blocks: [{ type: 'actions', elements: [element] }] });
const input = (element: object, more: object = {}) => ({
  view: modal({ submit: plain(3), blocks: [{ type: 'input', label: plain(3), element, ...more }] }),
});
const field = (more: object = {}) => ({ type: 'plain_text_input', action_id: 'a', ...more });
const modal = (more: object = {}) => ({ type: 'modal', title: plain(3), blocks: [], ...more });
const home = (more: object) => ({ view: { type: 'home', blocks: [], ...more } });
const confirm = (yes: number) =>
  button({ confirm: { title: plain(1), text: plain(1), confirm: plain(yes), deny: plain(1) } });
const image = { type: 'image', image_url: 'https://x.example/i.png', alt_text: 'x' };

/** What Slack's Block Kit reference gives each part, with a document that has so much of it. */
const limits: [part: string, most: number, document: (size: number) => object][] = [
  ['a confirm dialog’s yes', 30, (size) => actions(confirm(size))],
  ['a button’s accessibility label', 75, (size) => actions(button({ accessibility_label: text(size) }))],
  ['an option’s text', 75, (size) => actions(select({ options: [option({ text: plain(size) })] }))],
  ['an option’s value', 150, (size) => actions(select({ options: [option({ value: text(size) })] }))],
  [
    'an option’s description',
    75,
    (size) => actions(select({ options: [option({ description: plain(size) })] })),
  ],
  ['the options of a select', 100, (size) => actions(select({ options: options(size) }))],
  [
    'the label of a group of options',
    75,
    (size) => actions(select({ option_groups: [group({ label: plain(size) })] })),
  ],
  [
    'the options of a group',
    100,
    (size) => actions(select({ option_groups: [group({ options: options(size) })] })),
  ],
  [
    'the groups of a select',
    100,
    (size) => actions(select({ option_groups: Array.from({ length: size }, () => group()) })),
  ],
  [
    'the placeholder of a select',
    150,
    (size) => actions(select({ options: options(1), placeholder: plain(size) })),
  ],
  [
    'the first choices of a select',
    100,
    (size) =>
      actions({
        ...select({ options: options(1), initial_options: options(size) }),
        type: 'multi_static_select',
      }),
  ],
  [
    'the options of radio buttons',
    10,
    (size) => actions({ type: 'radio_buttons', action_id: 'a', options: options(size) }),
  ],
  ['the checkboxes', 10, (size) => actions({ type: 'checkboxes', action_id: 'a', options: options(size) })],
  [
    'the checkboxes ticked at first',
    10,
    (size) =>
      actions({ type: 'checkboxes', action_id: 'a', options: options(1), initial_options: options(size) }),
  ],
  [
    'the options of an overflow menu',
    5,
    (size) => actions({ type: 'overflow', action_id: 'a', options: options(size) }),
  ],
  ['an image’s description', 2000, (size) => ({ blocks: [{ ...image, alt_text: text(size) }] })],
  ['an image’s title', 2000, (size) => ({ blocks: [{ ...image, title: plain(size) }] })],
  [
    'the description of a small image',
    2000,
    (size) => ({ blocks: [{ type: 'context', elements: [{ ...image, alt_text: text(size) }] }] }),
  ],
  ['plain text in a context', 3000, (size) => ({ blocks: [{ type: 'context', elements: [plain(size)] }] })],
  ['text in a context', 3000, (size) => ({ blocks: [{ type: 'context', elements: [mrkdwn(size)] }] })],
  ['markdown', 12_000, (size) => ({ blocks: [{ type: 'markdown', text: text(size) }] })],
  ['an input’s label', 2000, (size) => input(field(), { label: plain(size) })],
  ['an input’s hint', 2000, (size) => input(field(), { hint: plain(size) })],
  ['an input’s placeholder', 150, (size) => input(field({ placeholder: plain(size) }))],
  ['an input’s first text', 3000, (size) => input(field({ initial_value: text(size) }))],
  ['an input’s longest text', 3000, (size) => input(field({ max_length: size }))],
  [
    'an input’s first address',
    3000,
    (size) => input(field({ type: 'email_text_input', initial_value: text(size) })),
  ],
  [
    'an input’s first link',
    3000,
    (size) => input(field({ type: 'url_text_input', initial_value: text(size) })),
  ],
  ['a modal’s submit', 24, (size) => ({ view: modal({ submit: plain(size) }) })],
  ['a modal’s close', 24, (size) => ({ view: modal({ close: plain(size) }) })],
  ['a modal’s callback_id', 255, (size) => ({ view: modal({ callback_id: text(size) }) })],
  ['a modal’s external_id', 255, (size) => ({ view: modal({ external_id: text(size) }) })],
  [
    'a Home tab’s blocks',
    100,
    (size) => home({ blocks: Array.from({ length: size }, () => ({ type: 'divider' })) }),
  ],
  ['a Home tab’s private_metadata', 3000, (size) => home({ private_metadata: text(size) })],
  ['a Home tab’s callback_id', 255, (size) => home({ callback_id: text(size) })],
  ['a Home tab’s external_id', 255, (size) => home({ external_id: text(size) })],
];

test.each(limits)('%s: %i and no more', async (_part, most, document) => {
  const client = clientOf(await startSlack());
  await client.apiCall('blocks.validate', { ...document(most) });
  const beyond = client.apiCall('blocks.validate', { ...document(most + 1) });
  expect(await refusal(beyond)).toMatchObject({ errors: [{ code: 'failed_constraint' }] });
});
