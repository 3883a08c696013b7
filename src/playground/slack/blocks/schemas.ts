/**
 * Slack's published limits as JSON Schemas (https://docs.slack.dev/reference/block-kit). Each composition
 * object, element and block is one entry; what an element may sit in is said by the block's list.
 */
export type Schema = { readonly [keyword: string]: unknown };

const string = (maxLength: number, minLength = 0): Schema => ({ type: 'string', minLength, maxLength });
const flag: Schema = { type: 'boolean' };
const id = string(255);
const url: Schema = { type: 'string', maxLength: 3000, pattern: '^https?://' };

const object = (properties: { [name: string]: Schema }, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const tagged = (type: string, properties: { [name: string]: Schema }, required: readonly string[] = []) =>
  object({ type: { const: type }, ...properties }, ['type', ...required]);

/** Parts that many places share: compiled once each, else compiling takes most of a second. */
export const shared: { [name: string]: Schema } = {};
const share = (name: string, schema: Schema): Schema => {
  shared[name] = schema;
  return { $ref: `#/$defs/${name}` };
};

const list = (items: Schema, maxItems: number, minItems = 1): Schema => ({
  type: 'array',
  minItems,
  maxItems,
  items,
});

const oneOf = (schemas: readonly Schema[]): Schema => ({
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: schemas,
});

const plain = (max: number): Schema => tagged('plain_text', { text: string(max, 1), emoji: flag }, ['text']);
const text = (max: number): Schema =>
  oneOf([plain(max), tagged('mrkdwn', { text: string(max, 1), verbatim: flag }, ['text'])]);

const confirm = share(
  'confirm',
  object(
    {
      title: plain(100),
      text: text(300),
      confirm: plain(30),
      deny: plain(30),
      style: { enum: ['primary', 'danger'] },
    },
    ['title', 'text', 'confirm', 'deny'],
  ),
);

const option = share(
  'option',
  object({ text: text(75), value: string(150), description: text(75), url }, ['text', 'value']),
);
const options = (max: number): Schema => list(option, max);
const optionGroups = share(
  'option_groups',
  list(object({ label: plain(75), options: options(100) }, ['label', 'options']), 100),
);

const common = { action_id: id, confirm, focus_on_load: flag, placeholder: plain(150) };
const named = { action_id: id, focus_on_load: flag, placeholder: plain(150) };
const many = { max_selected_items: { type: 'integer', minimum: 1 } };
const ids: Schema = { type: 'array', items: { type: 'string' } };
const filter: Schema = { type: 'object' };

const button = tagged(
  'button',
  {
    text: plain(75),
    action_id: id,
    url,
    value: string(2000),
    style: { enum: ['primary', 'danger'] },
    confirm,
    accessibility_label: string(75),
  },
  ['text'],
);
const image = tagged('image', { image_url: url, slack_file: { type: 'object' }, alt_text: string(2000, 1) }, [
  'alt_text',
]);
const choices = { options: options(100), option_groups: optionGroups };
const selects: readonly Schema[] = [
  tagged('static_select', { ...common, ...choices, initial_option: option }),
  tagged('multi_static_select', { ...common, ...many, ...choices, initial_options: options(100) }),
  tagged('users_select', { ...common, initial_user: id }),
  tagged('multi_users_select', { ...common, ...many, initial_users: ids }),
  tagged('conversations_select', {
    ...common,
    filter,
    initial_conversation: id,
    default_to_current_conversation: flag,
    response_url_enabled: flag,
  }),
  tagged('multi_conversations_select', {
    ...common,
    ...many,
    filter,
    initial_conversations: ids,
    default_to_current_conversation: flag,
  }),
  tagged('channels_select', { ...common, initial_channel: id, response_url_enabled: flag }),
  tagged('multi_channels_select', { ...common, ...many, initial_channels: ids }),
  tagged('external_select', {
    ...common,
    min_query_length: { type: 'integer' },
    initial_option: option,
  }),
];
const pickers: readonly Schema[] = [
  tagged('datepicker', { ...common, initial_date: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' } }),
  tagged('timepicker', { ...common, initial_time: { type: 'string' }, timezone: { type: 'string' } }),
  tagged('datetimepicker', {
    action_id: id,
    confirm,
    focus_on_load: flag,
    initial_date_time: { type: 'integer' },
  }),
  tagged('radio_buttons', { ...common, options: options(10), initial_option: option }, ['options']),
  tagged('checkboxes', { ...common, options: options(10), initial_options: options(10) }, ['options']),
];
const overflow = tagged('overflow', { action_id: id, confirm, options: options(5) }, ['options']);
const dispatch: Schema = { type: 'object' };
const inputs: readonly Schema[] = [
  tagged('plain_text_input', {
    ...named,
    initial_value: string(3000),
    multiline: flag,
    min_length: { type: 'integer', minimum: 0, maximum: 3000 },
    max_length: { type: 'integer', minimum: 1, maximum: 3000 },
    dispatch_action_config: dispatch,
  }),
  tagged('email_text_input', { ...named, initial_value: string(3000), dispatch_action_config: dispatch }),
  tagged('url_text_input', { ...named, initial_value: string(3000), dispatch_action_config: dispatch }),
  tagged(
    'number_input',
    {
      ...named,
      is_decimal_allowed: flag,
      initial_value: { type: 'string' },
      min_value: { type: 'string' },
      max_value: { type: 'string' },
      dispatch_action_config: dispatch,
    },
    ['is_decimal_allowed'],
  ),
];

const block_id = id;
/** The `type` that a schema is for. */
export function typeOf(schema: Schema): string {
  const resolved = typeof schema.$ref === 'string' ? shared[schema.$ref.slice('#/$defs/'.length)] : schema;
  const { properties } = resolved ?? {};
  const isTyped = typeof properties === 'object' && properties !== null && 'type' in properties;
  const type: unknown = isTyped ? properties.type : undefined;
  const isConst = typeof type === 'object' && type !== null && 'const' in type;
  return isConst ? String(type.const) : '';
}

const byType = (schemas: readonly Schema[]): readonly Schema[] =>
  schemas.map((schema) => share(typeOf(schema), schema));
const choosers = byType([...selects, ...pickers]);
const interactive = [...byType([button, overflow]), ...choosers];

const everywhere: readonly Schema[] = [
  tagged('section', {
    block_id,
    text: text(3000),
    fields: list(text(2000), 10),
    accessory: oneOf([...interactive, image]),
    expand: flag,
  }),
  tagged('header', { block_id, text: plain(150) }, ['text']),
  tagged('divider', { block_id }),
  tagged(
    'image',
    {
      block_id,
      image_url: url,
      slack_file: { type: 'object' },
      alt_text: string(2000, 1),
      title: plain(2000),
    },
    ['alt_text'],
  ),
  tagged('actions', { block_id, elements: list(oneOf(interactive), 25) }, ['elements']),
  tagged(
    'context',
    {
      block_id,
      elements: list(
        oneOf([
          image,
          tagged('plain_text', { text: string(3000, 1), emoji: flag }, ['text']),
          tagged('mrkdwn', { text: string(3000, 1), verbatim: flag }, ['text']),
        ]),
        10,
      ),
    },
    ['elements'],
  ),
  tagged(
    'input',
    {
      block_id,
      label: plain(2000),
      element: oneOf([...inputs, ...choosers]),
      hint: plain(2000),
      optional: flag,
      dispatch_action: flag,
    },
    ['label', 'element'],
  ),
  tagged('rich_text', { block_id, elements: { type: 'array', items: { type: 'object' } } }, ['elements']),
];

const markdown = tagged('markdown', { block_id, text: string(12_000, 1) }, ['text']);

/** The `blocks` of a message. */
export const messageBlocks: Schema = { $defs: shared, ...list(oneOf([...everywhere, markdown]), 50, 0) };

/** What an app shows on its Home tab, as `views.publish` takes it. */
export const home: Schema = {
  $defs: shared,
  ...object(
    {
      type: { const: 'home' },
      blocks: list(oneOf(everywhere), 100, 0),
      private_metadata: string(3000),
      callback_id: string(255),
      external_id: string(255),
    },
    ['type', 'blocks'],
  ),
};

/** A modal, as `views.open`, `views.push` and `views.update` take it. */
export const modal: Schema = {
  $defs: shared,
  ...object(
    {
      type: { const: 'modal' },
      title: plain(24),
      blocks: list(oneOf(everywhere), 100, 0),
      close: plain(24),
      submit: plain(24),
      private_metadata: string(3000),
      callback_id: string(255),
      clear_on_close: flag,
      notify_on_close: flag,
      external_id: string(255),
    },
    ['type', 'title', 'blocks'],
  ),
};
