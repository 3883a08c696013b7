import { describe, expect, it } from 'vitest';
import { createMailbox } from '../../src/flow/mailbox.ts';

describe('the mailbox', () => {
  it('runs one task of a key at a time, people’s before the rest', async () => {
    const mailbox = createMailbox();
    const told: string[] = [];
    let open = (): void => {};
    const first = mailbox.run(
      'a',
      'ordinary',
      () =>
        new Promise<void>((resolve) => {
          open = resolve;
        }),
    );
    const tell = (name: string) => async () => void told.push(name);
    const waiting = [
      mailbox.run('a', 'ordinary', tell('alert')),
      mailbox.run('a', 'person', tell('click')),
      mailbox.run('b', 'ordinary', tell('other incident')),
    ];
    await waiting[2];
    expect(told).toEqual(['other incident']);
    open();
    await Promise.all([first, ...waiting]);
    expect(told).toEqual(['other incident', 'click', 'alert']);
    await mailbox.idle();
  });

  it('goes on after a task that failed, and tells only its own caller', async () => {
    const mailbox = createMailbox();
    const failing = mailbox.run('a', 'ordinary', async () => {
      throw new Error('no');
    });
    const next = mailbox.run('a', 'ordinary', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
