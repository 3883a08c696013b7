import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { isFiring } from '../../src/core/alert.ts';
import { eventHash, payloadHash } from '../../src/core/chain.ts';
import { fingerprintOf } from '../../src/core/fingerprint.ts';
import { incidentId } from '../../src/core/ids.ts';
import { canonicalJson, type Json } from '../../src/core/json.ts';
import { connect, type Database } from '../../src/store/sqlite/database.ts';
import { migrate, readMigrations } from '../../src/store/sqlite/migrate.ts';
import { alertmanagerBody, fires, over } from '../deliveries.ts';
import { startReceiving } from '../flow/receiving.ts';
import { AT, at } from '../make.ts';
import { temporaryFile } from './temporary.ts';

const ENDED = incidentId(2026, 1);
const OPEN = incidentId(2026, 2);

const CRASHING = fires('KubePodCrashLooping', { namespace: 'shop', pod: 'checkout-6d4f8b7c9-x2x4z' }, AT);
const MISMATCH = fires(
  'KubeDeploymentReplicasMismatch',
  { namespace: 'shop', deployment: 'checkout', severity: 'warning' },
  AT,
);
const CALM = fires('Watchdog', { severity: 'none' }, AT);
const key = 'default prod shop/checkout';

function told({ labels, startsAt }: typeof CRASHING): Json {
  return {
    source: 'default',
    fingerprint: fingerprintOf(labels),
    status: 'firing',
    startsAt,
    endsAt: null,
    labels: { ...labels },
    annotations: {},
    generatorUrl: null,
  };
}

/** A database as the schema before 0005 left it: its events are of version 1 and each incident has its alerts. */
async function older(): Promise<string> {
  const file = await temporaryFile('older.db');
  const db = connect(file, { mustExist: false });
  migrate(
    db,
    AT,
    readMigrations().filter(({ number }) => number <= 4),
  );
  writeEvents(db, ENDED, [
    ['incident.opened', opened(ENDED)],
    ['alert.fired', { alert: told({ ...CRASHING, startsAt: at(-90_000) }), reason: 'first' }],
    [
      'alert.resolved',
      { source: 'default', fingerprint: fingerprintOf(CRASHING.labels), endsAt: at(-80_000) },
    ],
    ['incident.resolved', { because: 'It was over.' }],
    ['review.published', { markdown: '# Over' }],
  ]);
  writeEvents(db, OPEN, [
    ['incident.opened', opened(OPEN)],
    ['alert.fired', { alert: told(CRASHING), reason: 'new_episode' }],
    ['alert.fired', { alert: told(MISMATCH), reason: 'first' }],
    ['alert.resolved', { source: 'default', fingerprint: fingerprintOf(MISMATCH.labels), endsAt: at(60) }],
  ]);
  incidentRow(db, ENDED, { seq: 5, status: 'resolved', clear_since: AT, resolved_at: AT, wake_at: null });
  incidentRow(db, OPEN, {
    seq: 4,
    status: 'open',
    clear_since: null,
    resolved_at: null,
    wake_at: '2026-03-14T02:07:03.000Z',
  });
  alertRow(db, ENDED, CRASHING, 'resolved');
  alertRow(db, OPEN, CRASHING, 'firing');
  alertRow(db, OPEN, MISMATCH, 'resolved');
  memoryRow(db, CRASHING, at(-80_000));
  memoryRow(db, MISMATCH, at(60));
  memoryRow(db, CALM, null);
  db.close();
  return file;
}

function opened(incident: string): Json {
  return {
    incident,
    title: 'KubePodCrashLooping shop/checkout',
    cluster: 'prod',
    source: 'default',
    correlationKey: key,
    service: null,
    owner: null,
    serviceChannel: null,
    namespace: 'shop',
    workload: 'checkout',
    severity: 'SEV2',
    visibility: 'channel',
    because: 'open_when severity="critical" matches',
    timing: { channelGraceMs: 3_000, quietMs: 60_000, clearingMs: 60_000, reopenMs: 3_600_000 },
  };
}

function writeEvents(db: Database, stream: string, events: readonly (readonly [string, Json])[]): void {
  let prev: string | null = null;
  for (const [index, [type, payload]] of events.entries()) {
    const id = `${stream}-${index + 1}`;
    const header = {
      ...{ id, stream, seq: index + 1, type, v: 1 },
      ...{ recordedAt: AT, occurredAt: AT, actor: FIRSTMATE, cause: null },
    };
    const text = canonicalJson(payload);
    const ofPayload = payloadHash('salt', text);
    const hash = eventHash(prev, header, ofPayload);
    db.prepare(
      `INSERT INTO events (id, stream, seq, type, v, recorded_at, occurred_at, actor, payload, salt, payload_hash, hash)
       VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, 'salt', ?, ?)`,
    ).run(id, stream, index + 1, type, AT, AT, canonicalJson(FIRSTMATE), text, ofPayload, hash);
    prev = hash;
  }
}

function incidentRow(db: Database, id: string, changing: Readonly<Record<string, string | number | null>>) {
  const row = {
    ...changing,
    id,
    year: 2026,
    number: Number(id.slice(-3)),
    severity: 'SEV2',
    title: 'KubePodCrashLooping shop/checkout',
    cluster: 'prod',
    source: 'default',
    correlation_key: key,
    namespace: 'shop',
    workload: 'checkout',
    visibility: 'channel',
    opened_at: AT,
    resolved_because: changing.resolved_at === null ? null : 'It was over.',
    person_acted: 0,
    reviewed: changing.resolved_at === null ? 0 : 1,
  };
  const columns = Object.keys(row);
  db.prepare(
    `INSERT INTO incidents (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`,
  ).run(row);
}

function alertRow(db: Database, incident: string, { labels, startsAt }: typeof CRASHING, status: string) {
  db.prepare(
    `INSERT INTO alerts (incident, source, fingerprint, name, status, starts_at, labels, annotations)
     VALUES (?, 'default', ?, ?, ?, ?, ?, '{}')`,
  ).run(
    incident,
    fingerprintOf(labels),
    labels.alertname ?? '',
    status,
    startsAt,
    canonicalJson({ ...labels }),
  );
}

function memoryRow(db: Database, { labels, startsAt }: typeof CRASHING, lastEnd: string | null) {
  const firing = lastEnd === null || lastEnd < startsAt ? 1 : 0;
  db.prepare('INSERT INTO alert_memory VALUES (?, ?, ?, ?, ?, ?)').run(
    ...['default', fingerprintOf(labels), startsAt, lastEnd, AT, firing],
  );
}

describe('a database of the schema before alerts had a table of their own', () => {
  it('opens with each alert in its newest incident, and its old events fold', async () => {
    const world = await startReceiving(undefined, { file: await older() });
    const memory = (alert: typeof CRASHING) =>
      world.store.alerts.memory('default', fingerprintOf(alert.labels));
    expect(await memory(CRASHING)).toEqual({
      source: 'default',
      fingerprint: fingerprintOf(CRASHING.labels),
      name: 'KubePodCrashLooping',
      lastStart: AT,
      lastEnd: at(-80_000),
      lastSeen: AT,
      severity: 'SEV2',
      problem: key,
      link: null,
      incident: OPEN,
    });
    expect(await memory(MISMATCH)).toMatchObject({ incident: OPEN, problem: key, lastEnd: at(60) });
    // What was stored only stays so.
    const calm = await memory(CALM);
    expect(calm).toMatchObject({ incident: null, problem: null, severity: null });
    expect(calm !== null && isFiring(calm)).toBe(true);

    expect(await world.store.ledger.load(OPEN)).toMatchObject({
      rank: 'other',
      held: null,
      problemOf: {},
      clearSince: null,
    });
    expect(await world.store.ledger.load(ENDED)).toMatchObject({ status: 'resolved', clearSince: AT });
    expect(await world.store.verify(null)).toMatchObject({ fault: null, streams: 2, events: 9 });
    await world.store.close();
  });

  it('goes on where it was: a repeat adds nothing, the end ends it, a new one of the alerts fires again', async () => {
    const world = await startReceiving(undefined, { file: await older() });
    const before = await world.timeline(OPEN);
    await world.deliver([alertmanagerBody([CRASHING])]);
    expect(await world.timeline(OPEN)).toEqual(before);
    await world.deliver([alertmanagerBody([over(CRASHING, at(120))])]);
    expect((await world.store.ledger.load(OPEN))?.clearSince).toBe(AT);
    await world.deliver([alertmanagerBody([{ ...MISMATCH, startsAt: at(130) }])]);
    expect((await world.timeline(OPEN)).slice(before.length)).toEqual([
      expect.stringMatching(/^02:07:00 alert default \w+ is over$/),
      expect.stringMatching(/^02:07:00 alert KubeDeploymentReplicasMismatch fires again/),
    ]);
    expect(await world.store.incidents({ all: true })).toHaveLength(2);
    await world.store.close();
  });
});
