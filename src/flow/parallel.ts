/** Runs a task for each item, at most `bound` at a time, and waits for all. The first error is thrown at the end. */
export async function inParallel<T>(
  items: readonly T[],
  bound: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.max(1, Math.min(bound, items.length)) }, async () => {
    for (const item of queue) await task(item);
  });
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
