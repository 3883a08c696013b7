import { readFileSync } from 'node:fs';

/**
 * Milliseconds for which a process's main thread has stood ready to run while others had the cores; null where the
 * system does not say. https://docs.kernel.org/scheduler/sched-stats.html: the second number, in nanoseconds.
 */
export function waitedForCoreMs(process: number | 'self'): number | null {
  try {
    const waited = readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ')[1];
    return waited === undefined ? null : Number(waited) / 1e6;
  } catch {
    return null;
  }
}
