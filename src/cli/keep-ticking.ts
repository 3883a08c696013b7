import { schedule } from 'node-cron';
import type { App } from '../app.ts';
import { processClock } from './process-clock.ts';

/**
 * Lets an app do what is due by time: every second what became due, every minute a checkpoint. What is due stands
 * in the store, so a restart loses none of it.
 */
export function keepTicking(app: App): () => Promise<void> {
  const jobs = [
    schedule('* * * * * *', () => app.tick(), { noOverlap: true }),
    schedule('0 * * * * *', async () => void (await app.store.checkpoint(processClock.now())), {
      noOverlap: true,
    }),
  ];
  return async () => {
    for (const job of jobs) await job.destroy();
  };
}
