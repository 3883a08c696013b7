import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EventHeader, eventHash, payloadHash } from '../../src/core/chain.ts';
import type { EventType } from '../../src/core/events.ts';
import { canonicalJson, isJsonObject, type Json } from '../../src/core/json.ts';
import { type Plan, planHash } from '../../src/core/plan.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { clicks, faults, sent, untilTheCard } from './hands.ts';

const fileOf = (night: Night): string => night.settings.database.replace(/^sqlite:/, '');

/** What somebody does to the database of the running bot with another program. */
function meddle(night: Night, run: (db: SQLite.Database) => void): void {
  const db = new SQLite(fileOf(night));
  db.pragma('foreign_keys = OFF');
  run(db);
  db.close();
}

type Row = Readonly<Record<string, string | number | null>> & { readonly id: string; readonly type: string };

const rowsOf = (db: SQLite.Database): readonly Row[] =>
  db.prepare<[], Row>(`SELECT * FROM events WHERE stream <> 'system' ORDER BY seq`).all();

const COLUMNS = ['type', 'recorded_at', 'occurred_at', 'actor', 'payload', 'salt', 'payload_hash', 'hash'];

/** The text with one character another one. */
function oneByteOff(text: string, at: number): string {
  const index = at % text.length;
  return `${text.slice(0, index)}${text[index] === '0' ? '1' : '0'}${text.slice(index + 1)}`;
}

describe('1. what you saw is what runs: what people approved lies in the database of a running bot', () => {
  let night: Night;
  let at: EventType | null = null;
  let edit: () => void = () => {};
  beforeEach(async () => {
    night = await startNight({
      onEvents: (events) => {
        if (!events.some(({ type }) => type === at)) return;
        at = null;
        edit();
      },
    });
    await untilTheCard(night);
  });
  afterEach(() => night.end());

  /** One row of the timeline is edited right after an event of that type; `back` makes it good again. */
  function editsAt(
    type: EventType,
    choose: (rows: readonly Row[]) => { row: Row; column: string; to: string },
  ) {
    const undo: { back?: () => void } = {};
    at = type;
    edit = () =>
      meddle(night, (db) => {
        const { row, column, to } = choose(rowsOf(db));
        const set = (value: string | number | null | undefined) => (other: SQLite.Database) =>
          other.prepare(`UPDATE events SET ${column} = ? WHERE id = ?`).run(value, row.id);
        set(to)(db);
        undo.back = () => meddle(night, set(row[column]));
      });
    return { back: () => undo.back?.() };
  }

  it('one byte changed anywhere in it, after the click, voids the plan; Refresh makes a new one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...COLUMNS), fc.nat(), async (which, column, position) => {
        const edited = editsAt('plan.approved', (rows) => {
          const row = rows[which % rows.length] as Row;
          return { row, column, to: oneByteOff(String(row[column]), position) };
        });
        await clicks(night, 'ada', 'approve_plan');
        const { payload } = await night.sees('plan.voided');
        expect(payload.reason).toContain('was altered in the database');
        expect(sent(night)).toEqual([]);
        edited.back();
        await night.settled();
        await clicks(night, 'ada', 'refresh_plan');
        await night.sees('plan.shown');
        await night.settled();
      }),
      { numRuns: 6, endOnFailure: true },
    );
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
  });

  it.each<[string, EventType, (payload: string) => string]>([
    ['when the card expires', 'plan.shown', (text) => text.replace('2026', '2027')],
    ['how long people have', 'plan.proposed', (text) => text.replace('"validForMs":', '"validForMs":9')],
    ['who approved', 'vote.cast', (text) => text.replaceAll('U0ADA', 'U0CHEN')],
  ])('so does %s', async (_, type, change) => {
    editsAt('plan.approved', (rows) => {
      const row = rows.find((one) => one.type === type) as Row;
      const to = change(String(row.payload));
      expect(to).not.toBe(row.payload);
      return { row, column: 'payload', to };
    });
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.voided');
    expect(sent(night)).toEqual([]);
  });

  it.each<EventType>(['execution.started', 'write.started'])(
    'after %s nothing is sent either',
    async (type) => {
      editsAt(type, (rows) => {
        const row = rows.find((one) => one.type === 'plan.proposed') as Row;
        return { row, column: 'payload', to: String(row.payload).replace('1.42.0', '1.43.0') };
      });
      await clicks(night, 'ada', 'approve_plan');
      const { payload } = await night.sees('execution.finished');
      expect(payload).toMatchObject({ outcome: 'failed', says: expect.stringContaining('was altered') });
      expect(sent(night)).toEqual([]);
    },
  );
});

/** What an approval is for, as far as a plan has it. */
const BOUND = ['cluster', 'requests', 'targets', 'diff', 'validForMs', 'verdict', 'runbook'] as const;
const BOUND_OF_VERDICT = ['policy', 'approvals'];

type Path = readonly string[];

function leaves(value: Json | undefined, path: Path): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => leaves(one, [...path, String(index)]));
  if (!isJsonObject(value)) return [path];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
}

/** The value with another leaf at the path. */
function changedAt(value: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return anotherThan(value);
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === key ? changedAt(one, rest) : one));
  if (!isJsonObject(value)) throw new Error(`nothing at ${path.join('.')}`);
  return { ...value, [key]: changedAt(value[key] ?? null, rest) };
}

function anotherThan(leaf: Json): Json {
  if (typeof leaf === 'string') return leaf === '' ? '0' : oneByteOff(leaf, leaf.length - 1);
  return typeof leaf === 'number' ? leaf + 1 : leaf === null ? 'x' : !leaf;
}

describe('1. what you saw is what runs: the bot stops between the click and the change', () => {
  let night: Night;
  let folder = '';
  let kept = '';
  let plan: Plan;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firstmate-seen-'));
    night = await startNight({
      settings: (settings) => {
        for (const kind of ['runbooks', 'policies'] as const)
          cpSync(settings.folders[kind][0] ?? '', join(folder, kind), { recursive: true });
        const own = { runbooks: [join(folder, 'runbooks')], policies: [join(folder, 'policies')] };
        return { ...settings, folders: { ...settings.folders, ...own } };
      },
    });
    await untilTheCard(night);
    await faults(night, { method: 'GET', path: 'deployments/checkout', slow: 500 });
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.approved');
    plan = (await night.incident()).plans[0]?.plan as Plan;
    await night.stops();
    kept = join(folder, 'kept.db');
    copyFileSync(fileOf(night), kept);
  });
  afterAll(async () => {
    await night.end();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await night.stops();
    copyFileSync(kept, fileOf(night));
  });

  /** Starts the bot again, which must not go on with this plan. */
  async function voids(): Promise<string> {
    const before = sent(night).length;
    await night.starts();
    const { payload } = await night.sees('plan.voided');
    await night.stops();
    expect(sent(night)).toHaveLength(before);
    return payload.reason;
  }

  /** Somebody who knows the chain puts another plan in, every hash of the chain made to fit. */
  function swaps(other: Plan): void {
    copyFileSync(kept, fileOf(night));
    meddle(night, (db) => {
      let prev: string | null = null;
      for (const row of rowsOf(db)) {
        const payload = row.type === 'plan.proposed' ? canonicalJson({ plan: other }) : String(row.payload);
        const ofPayload = payloadHash(String(row.salt), payload);
        prev = eventHash(prev, headerOf(row), ofPayload);
        db.prepare('UPDATE events SET payload = ?, payload_hash = ?, hash = ? WHERE id = ?').run(
          payload,
          ofPayload,
          prev,
          row.id,
        );
      }
    });
  }

  it('a plan put in its place, with a chain that fits, is not the one that was approved', async () => {
    const whole = JSON.parse(canonicalJson(plan)) as Json;
    if (!isJsonObject(whole)) throw new Error('a plan is an object');
    const fields = BOUND.flatMap((field) => leaves(whole[field], [field])).filter(
      ([first, second = '']) => first !== 'verdict' || BOUND_OF_VERDICT.includes(second),
    );
    expect(new Set(fields.map(([field]) => field))).toEqual(new Set(BOUND));
    // The name of a policy is for people; its hash is what binds.
    const bound = fields.filter((path) => !/^(?:verdict\.policy|runbook)\.name$/.test(path.join('.')));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bound), fc.boolean(), async (path, rehashed) => {
        const other = changedAt(whole, path) as unknown as Plan;
        swaps(rehashed ? { ...other, hash: planHash(other) } : other);
        const why = await voids();
        if (path[0] !== 'cluster') expect(why).toBe('It is not the plan that was approved.');
      }),
      {
        numRuns: 12,
        endOnFailure: true,
        examples: [
          [bound.find((path) => path[0] === 'requests') ?? [], true],
          [bound.find((path) => path.at(-1) === 'uid') ?? [], false],
        ],
      },
    );
  });

  it('an untouched one is carried out when the bot comes back', async () => {
    const requests = night.cluster.requests.length;
    await night.starts();
    // The cluster refuses it, so that checkout stays as the other tests here need it.
    await faults(night, { method: 'PATCH', path: 'checkout?fieldManager', status: 403 });
    await night.sees('execution.finished');
    const writes = night.cluster.requests.slice(requests).filter(({ method }) => method === 'PATCH');
    expect(writes.map(({ body }) => body)).toEqual(plan.requests.map(({ body }) => body));
  });

  it.each(['policies/checkout.yaml', 'runbooks/kubernetes/deployment-rollout-stuck.yaml'])(
    'one byte more in %s voids the plan',
    async (name) => {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, `${text}\n`);
      expect(await voids()).toMatch(/^The (?:policy|runbook) .* changed after the plan was made\.$/);
      writeFileSync(file, text);
    },
  );
});

function headerOf(row: Row): EventHeader {
  const text = (column: string): string => String(row[column]);
  return {
    id: row.id,
    stream: text('stream'),
    seq: Number(row.seq),
    type: row.type,
    v: Number(row.v),
    recordedAt: text('recorded_at'),
    occurredAt: text('occurred_at'),
    actor: JSON.parse(text('actor')),
    cause: row.cause === null ? null : JSON.parse(text('cause')),
  };
}
