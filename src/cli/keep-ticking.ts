import { schedule, type TaskOptions } from 'node-cron';
import type { App } from '../app.ts';
import type { Log } from '../core/ports/clock.ts';
import { processClock } from './process-clock.ts';

/**
 * Lets an app do what is due by time: every second what became due, every minute a checkpoint. What is due stands
 * in the store, so a restart or a missed second loses none of it.
 */
export function keepTicking(app: App, log: Log): () => Promise<void> {
  const fault = (error: unknown): void => log.error({ error: String(error) }, 'tick.failed');
  const options: TaskOptions = { noOverlap: true, suppressMissedWarning: true };
  const jobs = [
    schedule('* * * * * *', () => app.tick().catch(fault), options),
    schedule('0 * * * * *', () => app.store.checkpoint(processClock.now()).then(() => {}, fault), options),
  ];
  return async () => {
    for (const job of jobs) await job.destroy();
  };
}
