import { pino } from 'pino';
import { startApp } from '../app.ts';
import { missingCredentials } from '../config.ts';
import type { Command } from './command.ts';
import { keepTicking } from './keep-ticking.ts';
import { processClock } from './process-clock.ts';

export const command: Command = {
  name: 'start',
  usage: 'start',
  summary: 'Runs the bot with the credentials in the environment and firstmate.yaml.',
  options: {},
  async run({ io, settings, stop }) {
    const missing = missingCredentials();
    if (missing.length > 0) {
      io.err(
        `firstmate start: these are missing in the environment:\n${missing.map((name) => `  ${name}\n`).join('')}` +
          'The README says where to get them. To see firstmate without any, run: npx firstmate demo\n',
      );
      return 2;
    }
    const log = pino(
      { base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ dest: 2, sync: true }),
    );
    const app = await startApp(await settings(), { log, clock: processClock });
    const stopTicking = keepTicking(app, log);
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
    await stopTicking();
    await app.stop();
    return 0;
  },
};
