import { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { inFlight } from '../../src/slack/in-flight.ts';
import { silentLogger } from '../../src/slack/logger.ts';
import { recordingLog } from './workspace.ts';

/** An app that takes the command /slow, which ends when the test says so. */
function slowApp() {
  const log = recordingLog();
  const acting = inFlight(log);
  const told: string[] = [];
  const ends: (() => void)[] = [];
  const app = new App({
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
    authorize: async () => ({ botToken: 'xoxb-none', botUserId: 'U0BOT' }),
    logger: silentLogger(),
    convoStore: false,
  });
  app.use(acting.middleware);
  app.command('/slow', async ({ ack, command }) => {
    await ack();
    await new Promise<void>((end) => ends.push(end));
    told.push(command.text);
  });
  const say = async (text: string): Promise<void> => {
    const body = { command: '/slow', text, team_id: 'T', user_id: 'U', channel_id: 'C', trigger_id: text };
    await app.processEvent({ body, ack: async () => void told.push(`ack ${text}`) });
  };
  return { acting, log, told, say, end: () => ends.shift()?.() };
}

/** The turns that Bolt takes before a listener runs. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('when Slack is told to stop', () => {
  it('what was acknowledged is done before it has stopped, and what comes then is left to the next process', async () => {
    const { acting, log, told, say, end } = slowApp();
    void say('before');
    await turns();
    const stopped = acting.stop(4_000).then(() => told.push('stopped'));
    await say('after');
    await turns();
    expect(told).toEqual(['ack before']);
    end();
    await stopped;
    expect(told).toEqual(['ack before', 'before', 'stopped']);
    expect(log.lines).toEqual([]);
  });

  it('what does not end in time does not keep it, and is told', async () => {
    const { acting, log, told, say } = slowApp();
    void say('for ever');
    await turns();
    await acting.stop(1);
    expect(told).toEqual(['ack for ever']);
    expect(log.lines).toMatchObject([{ level: 'error', about: { actions: 1 } }]);
  });
});
