import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { methodTable } from '../../../src/playground/slack/methods/table.ts';
import { createRateLimits, methodTiers } from '../../../src/playground/slack/rate-limits.ts';
import { channelId, clientOf, startSlack, steppedClock } from './harness.ts';

const reference: { tiers: { [method: string]: string } } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/playground-slack/rate-limit-tiers.json'), 'utf8'),
);

test('every method has the tier of Slack’s reference', () => {
  const here = [...methodTable(() => '').keys()];
  // Slack's reference gives blocks.validate no tier.
  const limited = here.filter((name) => name !== 'blocks.validate').sort();
  expect(Object.keys(methodTiers).sort()).toEqual(limited);
  for (const [method, tier] of Object.entries(reference.tiers)) {
    expect([method, methodTiers[method]]).toEqual([
      method,
      tier.startsWith('Special') ? 'special' : tier.toLowerCase(),
    ]);
  }
});

const perMinute = { tier1: 1, tier2: 20, tier3: 50, tier4: 100, special: 600 };

test.each(Object.entries(methodTiers))('%s takes no more than its tier in a minute', (method, tier) => {
  const clock = steppedClock();
  const limit = createRateLimits(clock.now);
  let burst = 0;
  while (limit(method, `C${burst}`) === undefined) burst += 1;
  expect(burst).toBeLessThanOrEqual(Math.max(10, perMinute[tier]));
  // Once the burst is used up the minute's rate holds, evenly.
  let passed = 0;
  for (let second = 1; second <= 60; second += 1) {
    clock.advance(1_000);
    while (limit(method, `D${second}-${passed}`) === undefined) passed += 1;
  }
  expect(passed).toBeGreaterThanOrEqual(perMinute[tier] - 1);
  expect(passed).toBeLessThanOrEqual(perMinute[tier] + 1);
});

test('waiting as long as Retry-After says is enough', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ rateLimits: 'on', clock });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const post = () => client.chat.postMessage({ channel, text: 'x' });
  for (let message = 0; message < 20; message += 1) {
    try {
      await post();
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError)) throw error;
      clock.advance(error.retryAfter * 1000);
      await post();
    }
  }
  expect(slack.messages(channel)).toHaveLength(20);
});

test('a channel has one limit, by whichever name the app calls it', async () => {
  const slack = await startSlack({ rateLimits: 'on', clock: steppedClock() });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  for (let message = 0; message < 4; message += 1) await client.chat.postMessage({ channel, text: 'x' });
  for (const name of ['#incidents', 'incidents', channel]) {
    await expect(client.chat.postMessage({ channel: name, text: 'x' })).rejects.toMatchObject({
      retryAfter: 1,
    });
  }
});

test('one method’s limit is not another’s, and 429 carries Slack’s body', async () => {
  const slack = await startSlack({ rateLimits: 'on', clock: steppedClock() });
  const client = clientOf(slack);
  for (let call = 0; call < 20; call += 1) await client.conversations.list({});
  await client.usergroups.list({});
  const response = await fetch(`${slack.apiUrl}conversations.list`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}` },
  });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('3');
  expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
});

test('limits are off only when a test says so', async () => {
  const slack = await startSlack({ rateLimits: 'off', clock: steppedClock() });
  const client = clientOf(slack);
  for (let call = 0; call < 30; call += 1) await client.usergroups.list({});
});
