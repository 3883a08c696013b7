import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../../src/cli/run.ts';
import type { MessageView } from '../../../src/playground/slack/server.ts';

const BOT = join(import.meta.dirname, '../../fixtures/playground-slack/own-bot.mjs');

/** `firstmate playground` as a person runs it, and the environment that it prints. */
async function playground(...flags: string[]) {
  const stop = new AbortController();
  const running = Promise.withResolvers<void>();
  const printed: string[] = [];
  const said: string[] = [];
  const io = {
    out: (text: string) => void printed.push(text),
    err: (text: string) => {
      said.push(text);
      running.resolve();
    },
    async *stdin() {},
    interactive: false,
  };
  const ended = runCommand(['playground', ...flags], io, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  await running.promise;
  const lines = printed.join('').trim().split('\n');
  const environment = Object.fromEntries(
    lines
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
  return { environment, said, ended };
}

test('a bot of twenty lines works against the playground that the command starts', async () => {
  const { environment } = await playground();
  const send = async (path: string, body?: object): Promise<unknown> => {
    const url = `${environment.PLAYGROUND_SLACK_URL}/_playground/${path}`;
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await fetch(url, init)).json();
  };
  const shown = async (): Promise<MessageView[]> => {
    const messages = await send('messages?channel=C0GENERAL');
    return Array.isArray(messages) ? messages : [];
  };
  const bot = spawn(process.execPath, [BOT], { env: { PATH: process.env.PATH, ...environment } });
  const exited = new Promise<void>((resolve) => bot.on('exit', () => resolve()));
  onTestFinished(async () => {
    bot.kill();
    await exited;
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [bot.stdout, bot.stderr]) {
      stream.on('data', (text) => {
        output += String(text);
        if (output.includes('The bot runs.')) resolve();
      });
    }
    bot.on('exit', () => reject(new Error(output)));
  });

  await send('message', { user: 'U0BEN', channel: 'C0GENERAL', text: 'hello there' });
  await expect
    .poll(shown, { timeout: 10_000 })
    .toMatchObject([{ text: 'hello there' }, { text: 'Hello <@U0BEN>' }]);
  const ts = (await shown())[1]?.ts;
  await send('click', { channel: 'C0GENERAL', ts, action_id: 'wave', user: 'U0ADA' });
  await expect
    .poll(shown, { timeout: 10_000 })
    .toMatchObject([{ text: 'hello there' }, { ts, text: '<@U0ADA> waves', blocks: [] }]);
});

test('rate limits hold unless they are switched off', async () => {
  const statuses = async (...flags: string[]): Promise<number[]> => {
    const { environment } = await playground(...flags);
    const call = async () =>
      fetch(`${environment.SLACK_API_URL}usergroups.list`, {
        method: 'POST',
        headers: { authorization: `Bearer ${environment.SLACK_BOT_TOKEN}` },
      });
    const seen: number[] = [];
    for (let count = 0; count < 25; count += 1) seen.push((await call()).status);
    return [...new Set(seen)];
  };
  expect(await statuses()).toEqual([200, 429]);
  expect(await statuses('--rate-limits', 'off')).toEqual([200]);
});

test('a switch that is neither on nor off is said to be wrong', async () => {
  const { said, ended } = await playground('--rate-limits', 'maybe');
  expect(await ended).toBe(2);
  expect(said.join('')).toContain('--rate-limits: maybe is neither on nor off');
});
