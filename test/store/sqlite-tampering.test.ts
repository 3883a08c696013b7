import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { eventHash, payloadHash } from '../../src/core/chain.ts';
import { nextCheckpoint } from '../../src/core/checkpoint.ts';
import { incidentId } from '../../src/core/ids.ts';
import type { Verified } from '../../src/store/store.ts';
import { ADA, at, event, fired, healed, INC, opened, rollback } from './events.ts';
import { appendAll, temporaryFile, using } from './temporary.ts';

const OTHER = incidentId(2026, 2);
const LAST = healed().length;

/** A database with two incidents, a pause and two checkpoints; gives its published head. */
async function lived(): Promise<{ file: string; head: string }> {
  const file = await temporaryFile();
  const head = await using(file, 'own', async (store) => {
    await appendAll(store, INC, healed().slice(0, 10));
    await store.checkpoint(at(10));
    await appendAll(store, INC, healed().slice(10));
    await appendAll(store, OTHER, [opened(OTHER), fired('f2')]);
    await appendAll(store, 'system', [event('writes.paused', { reason: 'audit' }, { actor: ADA })]);
    return (await store.checkpoint(at(20)))?.hash ?? '';
  });
  return { file, head };
}

/** What somebody does to the file with another tool, foreign keys not minded. */
function tamper(file: string, run: (db: SQLite.Database) => void): void {
  const db = new SQLite(file);
  db.pragma('foreign_keys = OFF');
  run(db);
  db.close();
}

function verified(file: string, head: string | null = null): Promise<Verified> {
  return using(file, 'read', (store) => store.verify(head));
}

async function faultAfter(run: (db: SQLite.Database) => void): Promise<Verified['fault']> {
  const { file, head } = await lived();
  tamper(file, run);
  return (await verified(file, head)).fault;
}

const FORGET_INCIDENT = `
  DELETE FROM outbox WHERE incident = '${OTHER}'; DELETE FROM events WHERE stream = '${OTHER}';
  DELETE FROM alerts WHERE incident = '${OTHER}'; DELETE FROM incidents WHERE id = '${OTHER}';`;

describe('audit verify', () => {
  it('has nothing to object to in what nobody touched', async () => {
    const { file, head } = await lived();
    expect(await verified(file, head)).toMatchObject({ fault: null, checkpoints: 2, uncovered: 0 });
  });

  it.each([
    [
      'a payload',
      `UPDATE events SET payload = replace(payload, 'U0ADA', 'U0EVE') WHERE stream = '${INC}' AND seq = 13`,
    ],
    [
      'an actor',
      `UPDATE events SET actor = '{"kind":"operator","name":"eve"}' WHERE stream = '${INC}' AND seq = 13`,
    ],
    [
      'a time',
      `UPDATE events SET occurred_at = '2026-03-01T03:00:00.000Z' WHERE stream = '${INC}' AND seq = 13`,
    ],
    [
      'an actor said twice',
      `UPDATE events SET actor = '{"kind":"firstmate","kind":"human"}' WHERE stream = '${INC}' AND seq = 13`,
    ],
    ['an actor that is no JSON', `UPDATE events SET actor = 'eve' WHERE stream = '${INC}' AND seq = 13`],
    ['a hash', `UPDATE events SET hash = 'sha256:0' WHERE stream = '${INC}' AND seq = 13`],
  ])('finds %s that was edited, and says where', async (_what, sql) => {
    expect(await faultAfter((db) => db.exec(sql))).toMatchObject({ stream: INC, seq: 13 });
  });

  it('is asked of one stream by whoever is about to act on it, and reads the disk each time', async () => {
    const { file } = await lived();
    await using(file, 'own', async (store) => {
      await store.ledger.load(INC);
      expect(await store.ledger.firstBroken(INC)).toBeNull();
      tamper(file, (db) =>
        db.exec(`UPDATE events SET payload = replace(payload, 'U0ADA', 'U0EVE') WHERE stream = '${INC}'`),
      );
      expect(await store.ledger.firstBroken(INC)).toMatchObject({ stream: INC });
      expect(await store.ledger.firstBroken(OTHER)).toBeNull();
      expect(await store.ledger.firstBroken('system')).toBeNull();
    });
  });

  it('finds events that changed places', async () => {
    const fault = await faultAfter((db) =>
      db.exec(`
        UPDATE events SET seq = 9999 WHERE stream = '${INC}' AND seq = 6;
        UPDATE events SET seq = 6 WHERE stream = '${INC}' AND seq = 7;
        UPDATE events SET seq = 7 WHERE stream = '${INC}' AND seq = 9999;`),
    );
    expect(fault).toMatchObject({ stream: INC, seq: 6 });
  });

  it('finds an event taken out of the middle', async () => {
    const fault = await faultAfter((db) => db.exec(`DELETE FROM events WHERE stream = '${INC}' AND seq = 6`));
    expect(fault).toMatchObject({ stream: INC, seq: 7, says: expect.stringContaining('event 6 is missing') });
  });

  it('finds a tail that was cut, by the checkpoint that knew it', async () => {
    const fault = await faultAfter((db) =>
      db.exec(`DELETE FROM events WHERE stream = '${INC}' AND seq > 20`),
    );
    expect(fault).toMatchObject({ stream: INC, seq: LAST, says: expect.stringContaining('tail was cut') });
  });

  it('finds a tail that was cut together with its checkpoint, by the published head', async () => {
    const { file, head } = await lived();
    tamper(file, (db) => {
      db.exec('DELETE FROM checkpoints WHERE n = 2');
      db.exec("DELETE FROM events WHERE stream = 'system'");
    });
    expect((await verified(file)).fault).toBeNull();
    expect((await verified(file, head)).fault?.says).toContain('published head');
  });

  it('finds an incident that vanished, by the checkpoint that knew it', async () => {
    expect(await faultAfter((db) => db.exec(FORGET_INCIDENT))).toMatchObject({
      stream: OTHER,
      says: expect.stringContaining('vanished'),
    });
  });

  it('finds an incident that vanished with all checkpoints made anew, by the published head', async () => {
    const { file, head } = await lived();
    tamper(file, (db) => db.exec(`${FORGET_INCIDENT} DELETE FROM checkpoints;`));
    await using(file, 'own', (store) => store.checkpoint(at(30)));
    expect((await verified(file)).fault).toBeNull();
    expect((await verified(file, head)).fault?.says).toContain('published head');
  });

  it.each(['[]', '{}', '7', 'no JSON'])(
    'finds a checkpoint whose heads were replaced by %s',
    async (heads) => {
      const fault = await faultAfter((db) =>
        db.prepare('UPDATE checkpoints SET heads = ? WHERE n = 1').run(heads),
      );
      expect(fault).toMatchObject({ stream: null, says: expect.stringContaining('checkpoint 1') });
    },
  );

  it.each([
    ['incidents', `UPDATE incidents SET severity = 'SEV4' WHERE id = '${INC}'`, 'severity = "SEV4"'],
    ['plans', `UPDATE plans SET reason = 'none' WHERE incident = '${INC}'`, 'reason = "none"'],
    ['votes', `UPDATE votes SET voter = 'U0EVE' WHERE incident = '${INC}'`, 'voter = "U0EVE"'],
    ['votes', `DELETE FROM votes WHERE incident = '${INC}'`, 'lacks'],
    [
      'votes',
      `INSERT INTO votes SELECT plan, 2, incident, vote, voter_team, 'U0EVE', name, teams, reason, at FROM votes`,
      'no event tells of',
    ],
    ['executions', `UPDATE executions SET status = 'failed' WHERE incident = '${INC}'`, 'status = "failed"'],
    ['executions', `DELETE FROM executions`, 'lacks'],
  ])('finds a row of %s that the events do not give', async (table, sql, says) => {
    const fault = await faultAfter((db) => db.exec(sql));
    expect(fault).toMatchObject({ stream: INC });
    expect(fault?.says).toContain(`the table ${table}`);
    expect(fault?.says).toContain(says);
  });

  it('finds a row of an incident that has no events', async () => {
    const fault = await faultAfter((db) =>
      db.exec(
        `INSERT INTO votes SELECT 'other', 1, 'INC-2026-777', vote, voter_team, voter, name, teams, reason, at FROM votes LIMIT 1`,
      ),
    );
    expect(fault).toMatchObject({ stream: 'INC-2026-777', says: expect.stringContaining('no events') });
  });

  it('finds events that are well chained but cannot follow from one another', async () => {
    const { file } = await lived();
    tamper(file, (db) => {
      const last = db
        .prepare<[], { seq: number; hash: string }>(
          `SELECT seq, hash FROM events WHERE stream = '${OTHER}' ORDER BY seq DESC LIMIT 1`,
        )
        .get();
      if (last === undefined) throw new Error('no events');
      const payload = '{"reason":"forged"}';
      const header = {
        id: 'forged',
        stream: OTHER,
        seq: last.seq + 1,
        type: 'writes.paused',
        v: 1,
        recordedAt: at(30),
        occurredAt: at(30),
        actor: FIRSTMATE,
        cause: null,
      };
      const ofPayload = payloadHash('salt', payload);
      db.prepare(
        `INSERT INTO events (id, stream, seq, type, v, recorded_at, occurred_at, actor, payload, salt, payload_hash, hash)
         VALUES ('forged', ?, ?, 'writes.paused', 1, ?, ?, '{"kind":"firstmate"}', ?, 'salt', ?, ?)`,
      ).run(OTHER, header.seq, at(30), at(30), payload, ofPayload, eventHash(last.hash, header, ofPayload));
    });
    expect((await verified(file)).fault).toMatchObject({ stream: OTHER, seq: 3 });
  });

  it('lets payloads go that retention erased, and counts them', async () => {
    const { file, head } = await lived();
    tamper(file, (db) =>
      db.exec(`UPDATE events SET payload = NULL, salt = NULL, erased = 1 WHERE stream = '${OTHER}'`),
    );
    expect(await verified(file, head)).toMatchObject({
      fault: null,
      erased: 2,
      erasedFrom: [{ stream: OTHER, events: 2, seqs: '1-2' }],
    });
    await using(file, 'read', async ({ ledger }) => {
      await expect(ledger.events(OTHER)).rejects.toThrow('erased by retention');
      expect((await ledger.load(INC))?.id).toBe(INC);
    });
  });

  it('lets an incident go that was deleted with a tombstone', async () => {
    const { file, head } = await lived();
    const last = await using(file, 'read', (store) => store.lastCheckpoint());
    const grave = last?.heads.find(({ stream }) => stream === OTHER);
    if (last === null || grave === undefined) throw new Error('the last checkpoint knows it');
    const next = nextCheckpoint(last, {
      at: at(40),
      position: last.position,
      heads: [],
      tombstones: [grave],
    });
    tamper(file, (db) => {
      db.exec(FORGET_INCIDENT);
      db.prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)').run(
        next.n,
        next.at,
        next.position,
        '[]',
        JSON.stringify(next.tombstones),
        next.prev,
        next.hash,
      );
    });
    expect((await verified(file, head)).fault).toBeNull();
  });

  it('would notice a plan that was swapped after it was approved', async () => {
    const fault = await faultAfter((db) =>
      db.exec(
        `UPDATE events SET payload = replace(payload, 'to-revision=4', 'to-revision=1') WHERE type = 'plan.proposed'`,
      ),
    );
    expect(fault).toMatchObject({
      stream: INC,
      seq: healed().findIndex(({ type }) => type === 'plan.proposed') + 1,
    });
    expect(rollback().command).toContain('to-revision=4');
  });
});
