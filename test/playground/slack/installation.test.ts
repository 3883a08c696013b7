import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { manifestEvents } from '../../../src/playground/slack/installation.ts';
import { startPlaygroundSlack } from '../../../src/playground/slack/server.ts';
import { clientOf, refusal, startApp } from './harness.ts';

const manifest: {
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
} = parse(readFileSync(join(import.meta.dirname, '../../../manifest.yml'), 'utf8'));

test('the app is installed with the scopes and events of its manifest, no more', async () => {
  const slack = await startPlaygroundSlack();
  onTestFinished(() => slack.stop());
  expect([...slack.installedScopes()].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
  expect([...manifestEvents].sort()).toEqual([...manifest.settings.event_subscriptions.bot_events].sort());
  const client = clientOf(slack);
  const reacting = client.reactions.add({ channel: 'C0INCIDENTS', timestamp: '1.000001', name: 'eyes' });
  expect(await refusal(reacting)).toMatchObject({ error: 'missing_scope', needed: 'reactions:write' });
});

test.each([
  ['subscribed to it', ['channels:read'], ['reaction_added']],
  ['the scope for it', ['reactions:read'], []],
])('an event does not reach an app that has only %s', async (_name, installedScopes, events) => {
  const slack = await startPlaygroundSlack({
    installedScopes: [...installedScopes, 'channels:history'],
    botEvents: [...events, 'message.channels'],
  });
  onTestFinished(() => slack.stop());
  const heard: string[] = [];
  const last = Promise.withResolvers<void>();
  await startApp(slack, (app) => {
    app.event('reaction_added', async () => void heard.push('reaction'));
    app.event('message', async ({ event }) => {
      heard.push('message');
      if ('text' in event && event.text === 'last') last.resolve();
    });
  });
  const channel = 'C0INCIDENTS';
  const { ts } = slack.say({ user: 'U0ADA', channel, text: 'first' });
  slack.reaction({ user: 'U0BEN', channel, ts, name: 'eyes' });
  slack.say({ user: 'U0ADA', channel, text: 'last' });
  await last.promise;
  expect(heard).toEqual(['message', 'message']);
});
