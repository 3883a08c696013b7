import { pino } from 'pino';
import { startApp } from '../../src/app.ts';
import { keepTicking } from '../../src/cli/keep-ticking.ts';
import { processClock } from '../../src/cli/process-clock.ts';
import { loadSettings } from '../../src/config.ts';

/**
 * `firstmate start`, but it kills itself with SIGKILL the moment an incident's event with this sequence number, or
 * a later one, is on disk: before anything that follows from the event could happen.
 */
const killAt = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const log = pino(pino.destination({ dest: 2, sync: true }));
const app = await startApp(loadSettings(), {
  log,
  clock: processClock,
  onEvents: (events) => {
    if (events.some((event) => event.stream !== 'system' && event.seq >= killAt))
      process.kill(process.pid, 'SIGKILL');
  },
});
keepTicking(app, log);
