import type { types } from '@slack/bolt';
import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, seen, startApp, startSlack, steppedClock } from './harness.ts';

const view = (more: object = {}): types.ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'A form' },
  blocks: [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'more', text: { type: 'plain_text', text: 'More' } }],
    },
  ],
  ...more,
});

/** An app whose command and whose button in a modal hand out their trigger_id. */
async function room() {
  const slack = await startSlack({ clock: steppedClock() });
  let given = seen<string>();
  const next = (): Promise<string> => {
    given = seen<string>();
    return given.promise;
  };
  await startApp(slack, (app) => {
    app.command('/incident', async ({ ack, body }) => {
      await ack();
      given.resolve(body.trigger_id);
    });
    app.action('more', async ({ ack, body }) => {
      await ack();
      if (body.type === 'block_actions') given.resolve(body.trigger_id);
    });
  });
  const ask = async (): Promise<string> => {
    const trigger = next();
    await slack.command({ user: 'U0ADA', channel: channelId(slack, 'general'), text: '' });
    return trigger;
  };
  const press = async (): Promise<string> => {
    const trigger = next();
    const view_id = slack.views('U0ADA').at(-1)?.id ?? '';
    await slack.clickView({ view_id, action_id: 'more', user: 'U0ADA' });
    return trigger;
  };
  return { slack, client: clientOf(slack), ask, press };
}

test('three modals stand on one another and no fourth', async () => {
  const { slack, client, ask, press } = await room();
  await client.views.open({ trigger_id: await ask(), view: view() });
  await client.views.push({ trigger_id: await press(), view: view() });
  await client.views.push({ trigger_id: await press(), view: view() });
  const fourth = client.views.push({ trigger_id: await press(), view: view() });
  expect(await refusal(fourth)).toMatchObject({ error: 'push_limit_reached' });
  expect(slack.views('U0ADA')).toHaveLength(3);
});

test('a modal is pushed onto one that is open', async () => {
  const { client, ask } = await room();
  const push = client.views.push({ trigger_id: await ask(), view: view() });
  expect(await refusal(push)).toMatchObject({ error: 'not_found' });
});

test('an update names the state that it knows, and a newer one is not overwritten', async () => {
  const { slack, client, ask } = await room();
  const { view: opened } = await client.views.open({ trigger_id: await ask(), view: view() });
  const view_id = opened?.id ?? '';
  const hash = opened?.hash ?? '';
  await client.views.update({ view_id, hash, view: view({ private_metadata: 'second' }) });
  const late = client.views.update({ view_id, hash, view: view({ private_metadata: 'third' }) });
  expect(await refusal(late)).toMatchObject({ error: 'hash_conflict' });
  expect(slack.views('U0ADA')).toMatchObject([{ content: { private_metadata: 'second' } }]);
});

test('two open modals have not the same external_id, and one is found by it', async () => {
  const { slack, client, ask, press } = await room();
  await client.views.open({ trigger_id: await ask(), view: view({ external_id: 'form' }) });
  const second = client.views.push({ trigger_id: await press(), view: view({ external_id: 'form' }) });
  expect(await refusal(second)).toMatchObject({ error: 'duplicate_external_id' });
  await client.views.update({ external_id: 'form', view: view({ private_metadata: 'found' }) });
  expect(slack.views('U0ADA')).toMatchObject([{ content: { private_metadata: 'found' } }]);
});

test('a modal of more than 250 kilobytes is too large, and a trigger_id is needed', async () => {
  const { client, ask } = await room();
  const large = client.views.open({
    trigger_id: await ask(),
    view: view({ private_metadata: 'x'.repeat(250_001) }),
  });
  expect(await refusal(large)).toMatchObject({ error: 'view_too_large' });
  expect(await refusal(client.apiCall('views.open', { view: view() }))).toMatchObject({
    error: 'invalid_arguments',
  });
});
