import { describe, expect, it } from 'vitest';
import { allEnded, limiter } from '../../src/kubernetes/concurrency.ts';

/** A task that tells when it began and ends when the test says so. */
function heldTask(name: string, began: string[]) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const run = (): Promise<string> => {
    began.push(name);
    return promise;
  };
  return { run, end: () => resolve(name) };
}

const { signal } = new AbortController();

describe('a limit on how much runs at once', () => {
  it('starts the next one only when another has ended, in order', async () => {
    const began: string[] = [];
    const limit = limiter(2);
    const tasks = ['a', 'b', 'c', 'd'].map((name) => heldTask(name, began));
    const results = tasks.map((task) => limit(task.run, signal));
    expect(began).toEqual(['a', 'b']);
    tasks[1]?.end();
    expect(await results[1]).toBe('b');
    await Promise.resolve();
    expect(began).toEqual(['a', 'b', 'c']);
    for (const task of tasks) task.end();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives the place of a failed task to the next one', async () => {
    const limit = limiter(1);
    const failed = limit(() => Promise.reject(new Error('no')), signal);
    const next = limit(async () => 'yes', signal);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('lets a waiting one go when it is stopped, without its place', async () => {
    const began: string[] = [];
    const limit = limiter(1);
    const [first, second, third] = ['a', 'b', 'c'].map((name) => heldTask(name, began));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three were made');
    const stop = new AbortController();
    const running = limit(first.run, signal);
    const stopped = limit(second.run, stop.signal);
    const waiting = limit(third.run, signal);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    first.end();
    third.end();
    expect(await Promise.all([running, waiting])).toEqual(['a', 'c']);
    expect(began).toEqual(['a', 'c']);
  });

  it('starts nothing that is stopped already', async () => {
    const began: string[] = [];
    await expect(limiter(1)(heldTask('a', began).run, AbortSignal.abort())).rejects.toThrow();
    expect(began).toEqual([]);
  });
});

describe('waiting for several', () => {
  it('ends only when the last has ended, though the first failed at once', async () => {
    const { promise: slow, resolve } = Promise.withResolvers<string>();
    let ended = false;
    const all = allEnded([Promise.reject(new Error('no')), slow, Promise.reject(new Error('nor this'))]);
    const told = all.catch((error: unknown) => {
      ended = true;
      return error;
    });
    await Promise.resolve();
    await new Promise((next) => setImmediate(next));
    expect(ended).toBe(false);
    resolve('yes');
    expect(await told).toEqual(new Error('no'));
  });

  it('gives what each gave, in order', async () => {
    expect(await allEnded([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
  });
});
