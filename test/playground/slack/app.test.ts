import type { App, BlockAction, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { expect, test } from 'vitest';
import {
  approveBlocks,
  channelId,
  clientOf,
  refusal,
  seen,
  startApp,
  startSlack,
  steppedClock,
} from './harness.ts';

test('a click reaches the app with everything Slack sends and resolves once it is acknowledged', async () => {
  const slack = await startSlack();
  const clicked = seen<BlockAction>();
  let acked = false;
  await startApp(slack, (app) => {
    app.action('approve', async ({ ack, body }) => {
      await ack();
      acked = true;
      if (body.type === 'block_actions') clicked.resolve(body);
    });
  });
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  await slack.click({ channel, ts, action_id: 'approve', user: slack.people.ada ?? '' });
  expect(acked).toBe(true);
  expect(await clicked.promise).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0ADA', username: 'ada', team_id: slack.teamId },
    team: { id: slack.teamId, domain: 'harbour' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: 'incidents' },
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
    message: { ts, text: 'card', bot_id: 'B0FIRSTMATE' },
    actions: [{ action_id: 'approve', value: 'plan-1', type: 'button', block_id: expect.any(String) }],
    trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/),
    response_url: expect.stringContaining('/actions/'),
  });
});

test('an envelope that was not acknowledged comes again on the next connection', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  let deliveries = 0;
  const first = seen<void>();
  const listen = (app: App): void => {
    app.action('approve', async ({ ack }) => {
      deliveries += 1;
      if (deliveries === 1) first.resolve();
      else await ack();
    });
  };
  await startApp(slack, listen, { reconnectMs: 250 });
  const clicking = slack.click({ channel, ts, action_id: 'approve', user: slack.people.ada ?? '' });
  await first.promise;
  slack.dropSockets();
  await clicking;
  expect(deliveries).toBe(2);
});

test('a click made while no app is connected is delivered when one connects', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  const clicking = slack.click({ channel, ts, action_id: 'approve', user: slack.people.ada ?? '' });
  await startApp(slack, (app) => {
    app.action('approve', ({ ack }) => ack());
  });
  await clicking;
});

test('an app that is asked to reconnect comes back and loses nothing', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  const listen = (app: App): void => app.action('approve', ({ ack }) => ack());
  await startApp(slack, listen, { reconnectMs: 250 });
  slack.disconnectSockets();
  await slack.click({ channel, ts, action_id: 'approve', user: slack.people.ada ?? '' });
  expect(slack.calls.filter((call) => call.method === 'apps.connections.open')).toHaveLength(2);
});

test('with two apps connected each envelope goes to one of them', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  const counts = [0, 0];
  for (const index of [0, 1]) {
    await startApp(slack, (app) => {
      app.action('approve', async ({ ack }) => {
        counts[index] = (counts[index] ?? 0) + 1;
        await ack();
      });
    });
  }
  for (let round = 0; round < 4; round += 1) {
    await slack.click({ channel, ts, action_id: 'approve', user: slack.people.ada ?? '' });
  }
  expect(counts).toEqual([2, 2]);
});

test('a modal opens from a click, shows the app’s errors, and is submitted with its values', async () => {
  const slack = await startSlack({ clock: steppedClock() });
  const opened = seen<void>();
  const reasons: unknown[] = [];
  await startApp(slack, (app) => {
    app.action('approve', async ({ ack, body, client }) => {
      await ack();
      if (body.type !== 'block_actions') return;
      await client.views.open({ trigger_id: body.trigger_id, view: reasonModal });
      opened.resolve();
    });
    app.view('reject', async ({ ack, view }) => {
      const value = view.state.values.why?.reason?.value;
      if (value === 'no') await ack({ response_action: 'errors', errors: { why: 'Say a little more' } });
      else await ack();
      reasons.push({ value, metadata: view.private_metadata });
    });
  });
  const ada = slack.people.ada ?? '';
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  await slack.click({ channel, ts, action_id: 'approve', user: ada });
  await opened.promise;
  const view_id = slack.views(ada)[0]?.id ?? '';
  expect(slack.views(ada)).toMatchObject([{ title: 'Why not?' }]);
  expect(slack.views(slack.people.ben ?? '')).toEqual([]);
  await expect(slack.submitView({ view_id, user: ada, values: {} })).rejects.toThrow('has to be filled in');
  expect(await slack.submitView({ view_id, user: ada, values: { why: { reason: 'no' } } })).toEqual({
    closed: false,
    errors: { why: 'Say a little more' },
  });
  expect(
    await slack.submitView({ view_id, user: ada, values: { why: { reason: 'wrong release' } } }),
  ).toEqual({
    closed: true,
    errors: {},
  });
  expect(reasons).toEqual([
    { value: 'no', metadata: 'plan-1' },
    { value: 'wrong release', metadata: 'plan-1' },
  ]);
  expect(slack.views(ada)).toEqual([]);
});

test('a trigger_id opens one view within three seconds', async () => {
  let clock = 1_750_000_000_000;
  const slack = await startSlack({ now: () => clock });
  const triggers: string[] = [];
  await startApp(slack, (app) => {
    app.command('/incident', async ({ ack, body }) => {
      triggers.push(body.trigger_id);
      await ack();
    });
  });
  const client = clientOf(slack);
  const command = { user: slack.people.ada ?? '', channel: channelId(slack, 'general'), text: '' };
  await slack.command(command);
  await client.views.open({ trigger_id: triggers[0] ?? '', view: reasonModal });
  const again = client.views.open({ trigger_id: triggers[0] ?? '', view: reasonModal });
  expect(await refusal(again)).toMatchObject({ error: 'exchanged_trigger_id' });
  await slack.command(command);
  clock += 3_001;
  const late = client.views.open({ trigger_id: triggers[1] ?? '', view: reasonModal });
  expect(await refusal(late)).toMatchObject({ error: 'expired_trigger_id' });
  const made = client.views.open({ trigger_id: '1.2.abc', view: reasonModal });
  expect(await refusal(made)).toMatchObject({ error: 'invalid_trigger_id' });
});

test('a slash command carries who, where and what, and its answer is seen by that person alone', async () => {
  const slack = await startSlack();
  const commands: SlackCommandMiddlewareArgs['command'][] = [];
  await startApp(slack, (app) => {
    app.command('/incident', async ({ ack, command }) => {
      commands.push(command);
      await ack('nothing is on fire');
    });
  });
  const channel = channelId(slack, 'general');
  await slack.command({ user: slack.people.ben ?? '', channel, text: 'status' });
  expect(commands).toMatchObject([
    { command: '/incident', text: 'status', user_id: 'U0BEN', channel_id: channel, channel_name: 'general' },
  ]);
  expect(slack.messages(channel)).toMatchObject([{ text: 'nothing is on fire', ephemeral_to: 'U0BEN' }]);
  const history = await clientOf(slack).conversations.history({ channel });
  expect(history.messages).toEqual([]);
});

test('a response_url takes five answers and no sixth', async () => {
  const slack = await startSlack();
  const answered: boolean[] = [];
  const done = seen<void>();
  await startApp(slack, (app) => {
    app.command('/incident', async ({ ack, command }) => {
      await ack();
      for (let use = 0; use < 6; use += 1) {
        const response = await fetch(command.response_url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: `answer ${use}` }),
        });
        answered.push(response.ok);
      }
      done.resolve();
    });
  });
  const channel = channelId(slack, 'general');
  await slack.command({ user: slack.people.ben ?? '', channel, text: '' });
  await done.promise;
  expect(answered).toEqual([true, true, true, true, true, false]);
  expect(slack.messages(channel)).toHaveLength(5);
});

test('what a person says reaches the app as a message event, and so do the app’s own edits', async () => {
  const slack = await startSlack();
  const events: string[] = [];
  const edited = seen<void>();
  await startApp(slack, (app) => {
    app.event('message', async ({ event }) => {
      events.push(event.subtype ?? `said by ${'user' in event ? event.user : ''}`);
      if (event.subtype === 'message_changed') edited.resolve();
    });
  });
  const channel = channelId(slack, 'incidents');
  slack.say({ user: slack.people.ben ?? '', channel, text: 'is it just me?' });
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'one' });
  await client.chat.update({ channel, ts, text: 'two' });
  await edited.promise;
  expect(events).toEqual(['said by U0BEN', 'message_changed']);
});

test('a reaction reaches the app with the message it is on', async () => {
  const slack = await startSlack();
  const reacted = seen<unknown>();
  await startApp(slack, (app) => {
    app.event('reaction_added', async ({ event }) => reacted.resolve(event));
  });
  const channel = channelId(slack, 'incidents');
  const { ts } = slack.say({ user: slack.people.ben ?? '', channel, text: 'it was the release' });
  slack.reaction({ user: slack.people.ada ?? '', channel, ts, name: 'pushpin' });
  expect(await reacted.promise).toMatchObject({
    reaction: 'pushpin',
    user: 'U0ADA',
    item: { type: 'message', channel, ts },
    item_user: 'U0BEN',
  });
});

test('a guest cannot click in a channel before they are in it', async () => {
  const slack = await startSlack();
  await startApp(slack, (app) => {
    app.action('approve', ({ ack }) => ack());
  });
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel,
    text: 'card',
    blocks: approveBlocks,
  });
  const click = { channel, ts, action_id: 'approve', user: slack.people.gus ?? '' };
  await expect(slack.click(click)).rejects.toThrow('gus cannot see #incidents');
  slack.join({ channel, user: click.user });
  await slack.click(click);
});

const reasonModal = {
  type: 'modal' as const,
  callback_id: 'reject',
  private_metadata: 'plan-1',
  title: { type: 'plain_text' as const, text: 'Why not?' },
  submit: { type: 'plain_text' as const, text: 'Reject' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'reason', multiline: true },
    },
  ],
};
