import { appendFile, readFile } from 'node:fs/promises';
import SQLite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HEADS, headPublisher } from '../../src/flow/publish-heads.ts';
import { headsFile } from '../../src/store/heads-file.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { fakeClock } from '../fake-clock.ts';
import { event, healed, INC, T0 } from '../store/events.ts';
import { appendAll, temporaryFile } from '../store/temporary.ts';

const HOUR = 3_600_000;
const note = (text: string) => event('note.added', { text, by: 'ada', ref: null });

/** A store with one incident, a heads file beside it and what publishes hourly; `restart` opens all anew. */
async function publishing(path?: string) {
  const database = await temporaryFile();
  const file = path ?? `${database}.heads`;
  const clock = fakeClock('2026-03-01T02:20:00.000Z');
  const logged: { about: object; message: string }[] = [];
  const log = {
    info: (about: object, message: string) => void logged.push({ about, message }),
    warn: () => {},
    error: (about: object, message: string) => void logged.push({ about, message }),
  };
  const open = async () => {
    const store = await openStore({ file: database, clock: () => new Date(clock.now()) });
    const heads = headPublisher({
      ledger: store,
      outbox: store.outbox,
      file: headsFile(file),
      clock,
      log,
      everyMs: HOUR,
    });
    return { store, heads };
  };
  let now = await open();
  onTestFinished(() => now.store.close());
  await appendAll(now.store, INC, healed());
  return {
    clock,
    database,
    file,
    logged,
    is: () => now,
    append: (text: string) => appendAll(now.store, INC, [note(text)]),
    lines: async () => (await readFile(file, 'utf8')).trimEnd().split('\n'),
    published: () => logged.filter(({ message }) => message === 'ledger.head').map(({ about }) => about),
    async restart(change: () => void | Promise<void> = () => {}) {
      await now.store.close();
      await change();
      now = await open();
    },
  };
}

describe('publishing the heads of the ledger', () => {
  it('tells a head once a period: in the log, in the file and for the channel', async () => {
    const { clock, append, is, lines, published } = await publishing();
    await is().heads.tick();
    await append('one');
    await is().heads.tick();
    expect(published()).toMatchObject([{ n: 1, events: healed().length }]);
    clock.advance(HOUR);
    await is().heads.tick();
    const last = await is().store.lastCheckpoint();
    expect(published()).toMatchObject([{ n: 1 }, { n: 2, hash: last?.hash }]);
    expect((await lines()).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ n: 1 }),
      last,
    ]);
    expect(await is().store.outbox.newest(HEADS)).toEqual({ key: 'head:2', putAt: clock.now() });
  });

  it('tells nothing anew when nothing happened', async () => {
    const { clock, is, lines, published } = await publishing();
    await is().heads.tick();
    clock.advance(5 * HOUR);
    await is().heads.tick();
    await is().heads.publish();
    expect(published()).toHaveLength(1);
    expect(await lines()).toHaveLength(1);
  });

  it('neither forgets a period nor tells one twice over a restart', async () => {
    const { clock, append, is, restart, published } = await publishing();
    await is().heads.tick();
    await append('one');
    await restart();
    await is().heads.tick();
    expect(published()).toHaveLength(1);
    await restart(() => clock.advance(HOUR));
    await is().heads.tick();
    expect(published()).toHaveLength(2);
  });

  it('gives the file every checkpoint since its last line, also those in between', async () => {
    const { clock, append, is, lines } = await publishing();
    await is().heads.tick();
    for (const text of ['one', 'two', 'three']) {
      await append(text);
      await is().store.checkpoint(clock.now());
    }
    await is().heads.publish();
    expect((await lines()).map((line) => JSON.parse(line).n)).toEqual([1, 2, 3, 4]);
  });

  it('begins a new line after one that a crash left half', async () => {
    const { append, file, is, lines } = await publishing();
    await is().heads.tick();
    await appendFile(file, '{"n":2,"at":"20');
    await append('one');
    await is().heads.publish();
    const [, torn, whole] = await lines();
    expect(torn).toBe('{"n":2,"at":"20');
    expect(JSON.parse(whole ?? '')).toMatchObject({ n: 2 });
  });

  it('tells people when the file has a checkpoint that the ledger lost', async () => {
    const { append, database, is, restart, logged, lines } = await publishing();
    await append('one');
    await is().heads.tick();
    await restart(() => {
      const db = new SQLite(database);
      db.exec(
        `DELETE FROM checkpoints; DELETE FROM events WHERE seq = ${healed().length + 1};
         UPDATE incidents SET seq = ${healed().length}`,
      );
      db.close();
    });
    await is().heads.publish();
    expect(logged).toContainEqual({
      about: expect.objectContaining({ n: 1 }),
      message: 'ledger.head_missing',
    });
    expect(await is().store.outbox.newest('notices')).toMatchObject({
      key: expect.stringContaining('notice:heads:'),
    });
    expect(await lines()).toHaveLength(2);
  });

  it('goes on when the file cannot be written, and tries again later', async () => {
    const { clock, is, logged, published } = await publishing('/nowhere/heads.jsonl');
    await is().heads.tick();
    await is().heads.tick();
    expect(logged.map(({ message }) => message)).toEqual(['ledger.head_not_published']);
    clock.advance(60_000);
    await is().heads.tick();
    expect(logged).toHaveLength(2);
    expect(published()).toEqual([]);
  });

  it('has nothing to tell before anything happened', async () => {
    const store = await openStore({ file: ':memory:', clock: () => new Date(T0) });
    onTestFinished(() => store.close());
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const clock = fakeClock(T0);
    const heads = headPublisher({
      ledger: store,
      outbox: store.outbox,
      file: null,
      clock,
      log,
      everyMs: HOUR,
    });
    await heads.publish();
    expect(await store.outbox.newest(HEADS)).toBeNull();
  });
});
