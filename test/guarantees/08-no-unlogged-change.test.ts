import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { command as audit } from '../../src/cli/audit.ts';
import { command as backup } from '../../src/cli/backup.ts';
import { connect } from '../../src/store/sqlite/database.ts';
import { invoke } from '../cli/invoke.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { clicks, faults, reached, sent, untilTheCard } from './hands.ts';

const SLOW_MS = 700;

let night: Night;
afterEach(() => night.end());

const fileOf = ({ settings }: Night): string => settings.database.replace('sqlite:', '');

/** Somebody else's connection to the database. */
function on<T>(file: string, use: (db: SQLite.Database) => T): T {
  const db = new SQLite(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/**
 * The disk is full when an event of that type is to be written. SQLite says the same, SQLITE_FULL, of a table whose
 * rows have been numbered to the last number that there is: https://www.sqlite.org/autoinc.html
 */
function fillAt(type: string): void {
  on(fileOf(night), (db) =>
    db.exec(`
      CREATE TABLE room (n INTEGER PRIMARY KEY AUTOINCREMENT);
      INSERT INTO room VALUES (9223372036854775807);
      CREATE TRIGGER no_room BEFORE INSERT ON events WHEN NEW.type = '${type}'
      BEGIN INSERT INTO room VALUES (NULL); END;`),
  );
}

function makeRoom(): void {
  on(fileOf(night), (db) => db.exec('DROP TRIGGER no_room; DROP TABLE room'));
}

const typesOnDisk = (): readonly unknown[] =>
  on(fileOf(night), (db) => db.prepare('SELECT type FROM events ORDER BY position').pluck().all());

describe('8. no unlogged change', () => {
  it.each(['execution.started', 'write.started'])(
    'no room on the disk for %s: nothing is sent; with room again it is carried out, once',
    async (type) => {
      const refused: string[] = [];
      const note = (about: object, message: string): void => {
        if (message === 'incident.work_failed') refused.push(JSON.stringify(about));
      };
      night = await startNight({ log: { info: () => {}, warn: () => {}, error: note } });
      await untilTheCard(night);
      fillAt(type);
      await clicks(night, 'ada', 'approve_plan');
      await night.sees('plan.approved');
      while (refused.length < 3) {
        night.clock.advance(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(refused[0]).toContain('the disk is full');
      expect(typesOnDisk()).not.toContain(type);
      expect(sent(night)).toEqual([]);

      makeRoom();
      await night.sees('execution.finished');
      expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
    },
  );

  it('both starts are on disk, for everybody to read, while the request is on its way', async () => {
    night = await startNight();
    await untilTheCard(night);
    await faults(night, { method: 'PATCH', path: '/deployments/checkout', slow: SLOW_MS });
    await clicks(night, 'ada', 'approve_plan');
    await reached(night, ({ method, dryRun }) => method === 'PATCH' && !dryRun);
    expect(sent(night).filter(({ applied }) => applied)).toEqual([]);
    const there = typesOnDisk();
    expect(there).toContain('execution.started');
    expect(there).toContain('write.started');
    expect(there).not.toContain('write.finished');
    await night.sees('execution.finished');

    // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, an fsync with every commit.
    const own = connect(fileOf(night), { mustExist: true });
    expect(own.pragma('synchronous', { simple: true })).toBe(2);
    own.close();
  });

  it('an edit, another order and a gap are found offline; a cut tail and a vanished incident too, by a published head', async () => {
    night = await startNight();
    await untilTheCard(night);
    const earlier = await copied();
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('validation.passed');
    await night.settled();
    const head = (await invoke(audit, ['head'], night.settings)).out.trim();
    const now = await copied();

    expect(await verified(now)).toBe(0);
    expect(await verified(now, '--head', head)).toBe(0);
    for (const edit of [
      `UPDATE events SET payload = replace(payload, 'U0ADA', 'U0EVE') WHERE type = 'vote.cast'`,
      `UPDATE events SET actor = replace(actor, 'U0ADA', 'U0EVE') WHERE type = 'vote.cast'`,
      `UPDATE events SET occurred_at = '2026-03-14T02:00:00.000Z' WHERE type = 'plan.approved'`,
      `UPDATE plans SET status = 'rejected'`,
      swap('plan.approved', 'execution.started'),
      `DELETE FROM events WHERE type = 'vote.cast'`,
    ]) {
      expect(await verified(altered(now, edit)), edit).toBe(1);
    }

    // Whoever puts an older copy in its place, or takes an incident out of every table, leaves a chain that holds.
    const cut = earlier;
    const tables = ['outbox', 'votes', 'executions', 'plans', 'alerts', 'incidents', 'events', 'checkpoints'];
    const vanished = altered(now, tables.map((table) => `DELETE FROM ${table}`).join(';'));
    for (const file of [cut, vanished]) {
      expect(await verified(file)).toBe(0);
      expect(await verified(file, '--head', head)).toBe(1);
    }
  });
});

let copies = 0;

const nextCopy = (): string => {
  copies += 1;
  return join(dirname(fileOf(night)), `copy-${copies}.db`);
};

/** A copy as `firstmate backup` makes it beside the bot. */
async function copied(): Promise<string> {
  const copy = nextCopy();
  expect(await invoke(backup, [copy], night.settings)).toMatchObject({ code: 0 });
  return copy;
}

function altered(file: string, sql: string): string {
  const copy = nextCopy();
  copyFileSync(file, copy);
  on(copy, (db) => {
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
  });
  return copy;
}

/** Two events change places. */
function swap(one: string, other: string): string {
  const place = (type: string): string => `(SELECT seq FROM was WHERE type = '${type}')`;
  return `
    CREATE TEMP TABLE was AS SELECT type, seq FROM events WHERE type IN ('${one}', '${other}');
    UPDATE events SET seq = seq + 1000 WHERE type IN ('${one}', '${other}');
    UPDATE events SET seq = ${place(other)} WHERE type = '${one}';
    UPDATE events SET seq = ${place(one)} WHERE type = '${other}';`;
}

/** What `firstmate audit verify` ends with for a file that no bot has open. */
async function verified(file: string, ...args: readonly string[]): Promise<number> {
  const told = await invoke(audit, ['verify', ...args], { ...night.settings, database: `sqlite:${file}` });
  return told.code;
}
