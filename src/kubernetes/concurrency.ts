/** At most so many at once; the rest wait in order. A waiter whose signal aborts leaves the queue and rejects. */
export type Limiter = <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function limiter(atOnce: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  const next = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  return async (task, signal) => {
    signal.throwIfAborted();
    if (running >= atOnce) await turn(waiting, signal);
    running += 1;
    try {
      return await task();
    } finally {
      next();
    }
  };
}

/**
 * What all of them give, once every one has ended: a step that failed leaves no request running behind its answer.
 * Rejects with what the first of them, in their order, rejected with.
 */
export async function allEnded<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      waiting.splice(waiting.indexOf(enter), 1);
      reject(signal.reason);
    };
    waiting.push(enter);
    signal.addEventListener('abort', leave, { once: true });
  });
}
