import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const button = (more: object = {}) => ({ type: 'button', text: plain(3), action_id: 'a', ...more });
const actions = (...elements: object[]) => [{ type: 'actions', elements }];
const buttons = (count: number) =>
  actions(...Array.from({ length: count }, (_, index) => button({ action_id: `a${index}` })));
const confirm = (title: number, text: number, yes: number, no: number) => ({
  confirm: { title: plain(title), text: plain(text), confirm: plain(yes), deny: plain(no) },
});

/** Per limit: blocks just inside it, blocks just beyond it, and what Slack says to those. */
const limits: [name: string, inside: object[], beyond: object[], says: string][] = [
  [
    'a message has 50 blocks',
    Array.from({ length: 50 }, () => ({ type: 'divider' })),
    Array.from({ length: 51 }, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'a section has 3000 characters',
    [{ type: 'section', text: mrkdwn(3000) }],
    [{ type: 'section', text: mrkdwn(3001) }],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a section has 10 fields',
    [{ type: 'section', fields: Array.from({ length: 10 }, () => mrkdwn(1)) }],
    [{ type: 'section', fields: Array.from({ length: 11 }, () => mrkdwn(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a field has 2000 characters',
    [{ type: 'section', fields: [mrkdwn(2000)] }],
    [{ type: 'section', fields: [mrkdwn(2001)] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'a header has 150 characters',
    [{ type: 'header', text: plain(150) }],
    [{ type: 'header', text: plain(151) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header is plain text',
    [{ type: 'header', text: plain(5) }],
    [{ type: 'header', text: mrkdwn(5) }],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'actions hold 25 elements',
    buttons(25),
    buttons(26),
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a context holds 10 elements',
    [{ type: 'context', elements: Array.from({ length: 10 }, () => mrkdwn(1)) }],
    [{ type: 'context', elements: Array.from({ length: 11 }, () => mrkdwn(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button has 75 characters',
    actions(button({ text: plain(75) })),
    actions(button({ text: plain(76) })),
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a value has 2000 characters',
    actions(button({ value: 'x'.repeat(2000) })),
    actions(button({ value: 'x'.repeat(2001) })),
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'an action_id has 255 characters',
    actions(button({ action_id: 'x'.repeat(255) })),
    actions(button({ action_id: 'x'.repeat(256) })),
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'an action_id is used once in a block',
    actions(button({ action_id: 'a' }), button({ action_id: 'b' })),
    actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
    '`action_id` already exists: a [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'a block_id has 255 characters',
    [{ type: 'divider', block_id: 'x'.repeat(255) }],
    [{ type: 'divider', block_id: 'x'.repeat(256) }],
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'a block_id is used once',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'b' },
    ],
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    '`block_id` already exists: a [json-pointer:/blocks/1/block_id]',
  ],
  [
    'a confirm dialog’s title has 100 characters',
    actions(button(confirm(100, 300, 30, 30))),
    actions(button(confirm(101, 300, 30, 30))),
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'a confirm dialog’s text has 300 characters',
    actions(button(confirm(1, 300, 1, 1))),
    actions(button(confirm(1, 301, 1, 1))),
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'a confirm dialog’s buttons have 30 characters',
    actions(button(confirm(1, 1, 30, 30))),
    actions(button(confirm(1, 1, 30, 31))),
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]',
  ],
  [
    'a section has something in it',
    [{ type: 'section', text: plain(1) }],
    [{ type: 'section' }],
    'must define either `text` or `fields` [json-pointer:/blocks/0]',
  ],
  [
    'text is not empty',
    [{ type: 'section', text: plain(1) }],
    [{ type: 'section', text: plain(0) }],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'members are Slack’s',
    [{ type: 'divider' }],
    [{ type: 'divider', colour: 'red' }],
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  [
    'types are Slack’s',
    [{ type: 'divider' }],
    [{ type: 'banner' }],
    'unsupported type: banner [json-pointer:/blocks/0/type]',
  ],
];

test.each(limits)('%s', async (_name, inside, beyond, says) => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const post = (blocks: object[]) => client.apiCall('chat.postMessage', { channel, text: 'x', blocks });
  await post(inside);
  expect(await refusal(post(beyond))).toMatchObject({
    error: 'invalid_blocks',
    errors: [says],
    response_metadata: { messages: [`[ERROR] ${says}`] },
  });
  expect(slack.messages(channel)).toHaveLength(1);
});

test('a message needs text or blocks, and blocks need to be a list of objects', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  expect(await refusal(client.apiCall('chat.postMessage', { channel }))).toMatchObject({ error: 'no_text' });
  const words = client.apiCall('chat.postMessage', { channel, blocks: '{"type":' });
  expect(await refusal(words)).toMatchObject({ error: 'invalid_blocks_format' });
});

test('blocks of more than 13,200 characters together are msg_blocks_too_long', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const sections = (last: number) =>
    [3000, 3000, 3000, 3000, last].map((length) => ({ type: 'section', text: mrkdwn(length) }));
  await client.apiCall('chat.postMessage', { channel, text: 'x', blocks: sections(1200) });
  const long = client.apiCall('chat.postMessage', { channel, text: 'x', blocks: sections(1201) });
  expect(await refusal(long)).toMatchObject({ error: 'msg_blocks_too_long' });
});

const modal = (more: object = {}) => ({ type: 'modal', title: plain(24), blocks: [], ...more });

test.each([
  ['a title of 25 characters', modal({ title: plain(25) }), 'must be less than 25 characters', '/title/text'],
  [
    '101 blocks',
    modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }),
    'no more than 100 items allowed',
    '/blocks',
  ],
  [
    'private_metadata of 3001 characters',
    modal({ private_metadata: 'x'.repeat(3001) }),
    'must be less than 3001 characters',
    '/private_metadata',
  ],
  ['no blocks at all', { type: 'modal', title: plain(5) }, 'missing required field: blocks', ''],
])('a modal with %s does not hold', async (_name, view, message, pointer) => {
  const slack = await startSlack();
  const client = clientOf(slack);
  expect(await refusal(client.apiCall('blocks.validate', { view }))).toMatchObject({
    error: 'invalid_view',
    errors: [{ message, pointer }],
  });
  const opening = client.apiCall('views.open', { trigger_id: '1.2.3', view });
  expect(await refusal(opening)).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: [`[ERROR] ${message} [json-pointer:/view${pointer}]`] },
  });
});

test('a modal at every limit holds', async () => {
  const slack = await startSlack();
  const view = modal({
    blocks: Array.from({ length: 100 }, () => ({ type: 'divider' })),
    private_metadata: 'x'.repeat(3000),
  });
  await clientOf(slack).apiCall('blocks.validate', { view });
});

test('blocks.validate lists each fault with its code, its place and what would have been right', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const blocks = [
    { type: 'section', text: { type: 'invalid', text: 'x' } },
    { type: 'header', text: plain(151) },
    { type: 'actions', elements: [] },
  ];
  expect(await refusal(client.apiCall('blocks.validate', { blocks }))).toMatchObject({
    error: 'invalid_blocks',
    errors: [
      {
        code: 'failed_constraint',
        message: 'unsupported type: invalid',
        pointer: '/0/text/type',
        constraint: { type: 'enum', expected: ['plain_text', 'mrkdwn'] },
      },
      {
        code: 'failed_constraint',
        message: 'must be less than 151 characters',
        pointer: '/1/text/text',
        constraint: { type: 'max_length', expected: 150 },
      },
      {
        code: 'failed_constraint',
        message: 'no less than 1 items allowed',
        pointer: '/2/elements',
        constraint: { type: 'min_items', expected: 1 },
      },
    ],
  });
  expect(await refusal(client.apiCall('blocks.validate', { message: { blocks } }))).toMatchObject({
    error: 'invalid_message',
  });
  const both = client.apiCall('blocks.validate', { blocks, message: { blocks } });
  expect(await refusal(both)).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: ['must provide exactly one of `blocks`, `view`, or `message`'] },
  });
  await client.apiCall('blocks.validate', { blocks: [{ type: 'divider' }] });
});

test('an input needs a way to submit it', async () => {
  const slack = await startSlack();
  const input = {
    type: 'input',
    label: plain(5),
    element: { type: 'plain_text_input', action_id: 'a' },
  };
  const client = clientOf(slack);
  expect(
    await refusal(client.apiCall('blocks.validate', { view: modal({ blocks: [input] }) })),
  ).toMatchObject({
    errors: [{ code: 'missing_field', message: 'missing required field: submit' }],
  });
  await client.apiCall('blocks.validate', { view: modal({ blocks: [input], submit: plain(24) }) });
});
