import { expect, it, onTestFinished } from 'vitest';
import { startPlaygroundSlack } from '../../src/playground/slack/server.ts';
import { connectSlack, SlackRefused } from '../../src/slack/connect.ts';
import { fault, makeActions, recordingLog, settingsFor, TEAMS, workspace } from './workspace.ts';

const base = () => ({
  actions: makeActions(),
  clusters: [],
  teams: TEAMS,
  defaultResponder: null,
  log: recordingLog(),
  now: () => new Date(),
});

it('starts and stops while Slack is down, with a warning and without an error', async () => {
  const slack = await startPlaygroundSlack();
  const settings = settingsFor(slack);
  await slack.stop();
  const options = { ...base(), settings };
  const bot = await connectSlack(options);
  onTestFinished(() => bot.stop());
  await bot.start();
  expect(options.log.lines.map((line) => line.message)).toEqual(
    expect.arrayContaining(['Slack cannot be reached; trying again']),
  );
  await bot.stop();
});

it('goes on trying until Slack is there', async () => {
  const { slack, bot } = await workspace();
  await fault(slack, { method: 'apps.connections.open', status: 503, times: 1 });
  await bot.start();
  expect(slack.connections()).toBe(0);
  await expect.poll(() => slack.connections(), { timeout: 10_000 }).toBe(1);
});

it('refuses a token that Slack does not know, by name', async () => {
  const slack = await startPlaygroundSlack();
  onTestFinished(() => slack.stop());
  const settings = { ...settingsFor(slack), botToken: 'xoxb-wrong' };
  await expect(connectSlack({ ...base(), settings })).rejects.toThrow(SlackRefused);
});

it('needs one way in', async () => {
  const slack = await startPlaygroundSlack();
  onTestFinished(() => slack.stop());
  const settings = { ...settingsFor(slack), appToken: null };
  await expect(connectSlack({ ...base(), settings })).rejects.toThrow('SLACK_APP_TOKEN');
});

it('logs no token and no payload', async () => {
  const { slack, bot, log } = await workspace();
  await bot.start();
  await fault(slack, { method: '*', error: 'internal_error', times: 3 });
  await bot.people.person('U0ADA');
  slack.dropSockets();
  const text = JSON.stringify(log.lines);
  expect(text).not.toContain(slack.botToken);
  expect(text).not.toContain(slack.appToken);
  expect(text).not.toContain('ticket=');
});
