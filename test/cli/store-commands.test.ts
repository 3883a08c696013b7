import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import SQLite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { command as audit } from '../../src/cli/audit.ts';
import { command as backup } from '../../src/cli/backup.ts';
import { type Command, UsageError } from '../../src/cli/command.ts';
import { command as incidents } from '../../src/cli/incidents.ts';
import { command as pause } from '../../src/cli/pause.ts';
import { command as resume } from '../../src/cli/resume.ts';
import { command as review } from '../../src/cli/review.ts';
import { command as timeline } from '../../src/cli/timeline.ts';
import { incidentId } from '../../src/core/ids.ts';
import { DEFAULT_LIMITS, type Settings } from '../../src/core/settings.ts';
import { headsFile } from '../../src/store/heads-file.ts';
import { ADA, at, event, healed, INC, opened, rollback } from '../store/events.ts';
import { appendAll, temporaryFile, using } from '../store/temporary.ts';

const OTHER = incidentId(2026, 2);

let file: string;
beforeEach(async () => {
  file = await temporaryFile();
  await using(file, 'own', async (store) => {
    await appendAll(store, INC, healed());
    await appendAll(store, OTHER, [
      opened(OTHER, { title: 'A\u001b[2Jtitle', correlationKey: 'k2' }, at(60)),
    ]);
  });
});

function settings(): Settings {
  return {
    slack: null,
    clusters: [],
    sources: [],
    teams: [],
    defaultResponder: null,
    openWhen: [],
    protectedNamespaces: [],
    breakGlass: null,
    maintenance: [],
    environments: [],
    database: `sqlite:${file}`,
    audit: { everyMs: 3_600_000, headsFile: null },
    http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
    slashCommand: '/incident',
    folders: { runbooks: [], policies: [], services: [] },
    limits: DEFAULT_LIMITS,
  };
}

async function run(command: Command, ...args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: command.options,
    allowPositionals: true,
  });
  const said = { out: '', err: '' };
  const code = await command.run({
    values,
    positionals,
    io: {
      out(text) {
        said.out += text;
      },
      err(text) {
        said.err += text;
      },
      stdin: async function* () {},
      interactive: false,
    },
    settings: async () => settings(),
    stop: new AbortController().signal,
  });
  return { code, ...said };
}

describe('firstmate incidents', () => {
  it('lists open incidents, and with --all the resolved ones too, newest first', async () => {
    expect(await run(incidents)).toEqual({
      code: 0,
      err: '',
      out:
        'INCIDENT      SEV   STATUS  OPENED (UTC)         CLUSTER  TITLE\n' +
        'INC-2026-002  SEV2  open    2026-03-01 02:01:00  prod-eu  A [2Jtitle\n',
    });
    const all = await run(incidents, '--all', '--json');
    expect(JSON.parse(all.out).map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual(
      [
        [OTHER, 'open'],
        [INC, 'resolved'],
      ],
    );
  });

  it('says so when there is none', async () => {
    file = await temporaryFile();
    await using(file, 'own', async () => {});
    expect((await run(incidents)).out).toContain('no open incidents');
    expect((await run(incidents, '--json')).out).toBe('[]\n');
  });

  it('takes no arguments', async () => {
    await expect(run(incidents, 'INC-2026-001')).rejects.toThrow(UsageError);
  });
});

describe('firstmate timeline', () => {
  it('prints a line an event, with the day and the time in UTC', async () => {
    const { code, out } = await run(timeline, INC);
    const lines = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines.slice(0, 3)).toEqual([
      'INC-2026-001: Rollout of checkout is stuck in prod-eu',
      '2026-03-01 (UTC)',
      '02:00:00 incident opened: Rollout of checkout is stuck (SEV2, prod-eu; severity critical)',
    ]);
    expect(lines).toContain('02:01:00 approved by ada (sre-leads)');
    expect(lines.at(-1)).toBe('02:17:01 review published');
  });

  it('puts a note where its own time is', async () => {
    await using(file, 'read', (store) =>
      appendAll(store, INC, [
        event('note.added', { text: 'look here', by: 'ada', ref: null }, { at: at(60.5), actor: ADA }),
      ]),
    );
    const lines = (await run(timeline, INC)).out.split('\n');
    const note = lines.indexOf('02:01:00 note by ada: look here');
    expect(lines[note + 1]).toMatch(/execution of plan .* started/);
  });

  it('gives the events as they are stored as JSON', async () => {
    const events = JSON.parse((await run(timeline, INC, '--json')).out);
    expect(events).toHaveLength(healed().length);
    expect(events[0]).toMatchObject({
      seq: 1,
      type: 'incident.opened',
      hash: expect.stringMatching(/^sha256:/),
    });
  });

  it('names what it does not know', async () => {
    await expect(run(timeline, 'INC-2026-999')).rejects.toThrow(/there is no INC-2026-999.*incidents --all/);
    await expect(run(timeline, 'nonsense')).rejects.toThrow('they look like INC-2026-042');
    await expect(run(timeline)).rejects.toThrow(/ID is missing\nusage: firstmate timeline ID/);
  });
});

describe('firstmate review', () => {
  it('prints the review as Markdown', async () => {
    const { code, out } = await run(review, INC);
    expect(code).toBe(0);
    expect(out).toMatch(/^# INC-2026-001: Rollout of checkout is stuck\n/);
    expect(out).toContain('approved by ada (sre-leads)');
    expect(out).toMatch(/event_hash: "sha256:[0-9a-f]{64}"/);
    expect(JSON.parse((await run(review, INC, '--json')).out)).toEqual({ incident: INC, markdown: out });
  });

  it('names an incident that there is not', async () => {
    await expect(run(review, 'INC-2026-999')).rejects.toThrow('there is no INC-2026-999');
  });
});

describe('firstmate audit show', () => {
  it('answers who did what, why, by which policy and by whose leave, as YAML', async () => {
    const { code, out } = await run(audit, 'show', INC);
    expect(code).toBe(0);
    expect(out.split('\n').length).toBeLessThan(25);
    expect(parse(out)).toEqual({
      actor: 'ai-operator/firstmate',
      time: at(61),
      action: 'rollback',
      resource: 'Deployment shop/checkout in prod-eu',
      from_version: '1.5.0 (revision 5)',
      to_version: '1.4.2 (revision 4)',
      reason: 'Release 5 of checkout does not come up',
      incident_id: 'INC-2026-001',
      approval: { required: true, approved_by: ['human/U0ADA'] },
      break_glass: null,
      policy: 'checkout',
      plan_hash: rollback().hash,
      event_hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      outcome: 'succeeded',
    });
  });

  it('takes a plan, decided or not, and gives that one', async () => {
    const plan = rollback(OTHER);
    await using(file, 'read', (store) => appendAll(store, OTHER, [event('plan.proposed', { plan })]));
    const { out } = await run(audit, 'show', plan.id, '--json');
    expect(JSON.parse(out)).toMatchObject({ incident_id: OTHER, outcome: 'proposed' });
    expect(await run(audit, 'show', OTHER)).toMatchObject({
      code: 0,
      out: '',
      err: 'INC-2026-002 changed nothing\n',
    });
    expect((await run(audit, 'show', OTHER, '--json')).out).toBe('[]\n');
  });

  it('gives one document for each of several changes', async () => {
    const again = rollback(OTHER, 'second');
    const first = rollback(OTHER, 'first');
    await using(file, 'read', (store) =>
      appendAll(
        store,
        OTHER,
        [first, again].flatMap((plan) => [
          event('plan.proposed', { plan }),
          event('execution.started', { plan: plan.id, hash: plan.hash }),
        ]),
      ),
    );
    const { out } = await run(audit, 'show', OTHER);
    expect(parseAllDocuments(out).map((document) => document.toJS().plan_hash)).toEqual([
      first.hash,
      again.hash,
    ]);
  });

  it('names what it does not know', async () => {
    await expect(run(audit, 'show', 'INC-2026-999')).rejects.toThrow('there is no INC-2026-999');
    await expect(run(audit, 'show', 'nonsense')).rejects.toThrow(UsageError);
    await expect(run(audit)).rejects.toThrow('show, verify or head');
    await expect(run(audit, 'show', INC, '--head', 'x')).rejects.toThrow('only audit verify takes it');
  });
});

describe('firstmate audit verify and head', () => {
  it('hold together: the published head is found again, also after more has happened', async () => {
    const published = (await run(audit, 'head')).out.trim();
    expect(published).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse((await run(audit, 'head', '--json')).out)).toMatchObject({ n: 1, hash: published });
    await using(file, 'own', (store) =>
      appendAll(store, OTHER, [event('note.added', { text: 'x', by: 'y', ref: null })]),
    );
    const verified = await run(audit, 'verify', '--head', published);
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.out).toMatch(
      /^holds: 24 events in 2 streams; 1 checkpoint, 1 event newer than the last; the published/,
    );
  });

  it('exits 1 and names the place of the first difference', async () => {
    const foreign = `sha256:${'0'.repeat(64)}`;
    const { code, out } = await run(audit, 'verify', '--head', foreign);
    expect(code).toBe(1);
    expect(out).toContain(`does not hold: the published head ${foreign}`);
    const json = await run(audit, 'verify', '--head', foreign, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, fault: { stream: null, seq: null } });
  });

  it('takes a file of published heads, and names by it what vanished and what was cut', async () => {
    const heads = join(dirname(file), 'heads.jsonl');
    await using(file, 'own', async (store) => {
      await store.checkpoint(at(70));
      await headsFile(heads).append(await store.checkpointsAfter(0));
    });
    expect((await run(audit, 'verify', '--head', heads)).out).toContain('the published head is among');
    const db = new SQLite(file);
    db.pragma('foreign_keys = OFF');
    db.exec(
      `DELETE FROM outbox WHERE incident = '${OTHER}'; DELETE FROM events WHERE stream = '${OTHER}';
       DELETE FROM incidents WHERE id = '${OTHER}'; DELETE FROM checkpoints;`,
    );
    db.close();
    expect(await run(audit, 'verify')).toMatchObject({ code: 0 });
    expect(await run(audit, 'verify', '--head', heads)).toMatchObject({
      code: 1,
      out: 'does not hold: INC-2026-002: event 1: it has vanished: the published checkpoint 1 knows it up to event 1\n',
    });
  });

  it('counts and names what retention erased', async () => {
    const db = new SQLite(file);
    db.exec(
      `UPDATE events SET payload = NULL, salt = NULL, erased = 1 WHERE stream = '${INC}' AND seq IN (2, 3, 5)`,
    );
    db.close();
    const { code, out } = await run(audit, 'verify');
    expect(code).toBe(0);
    expect(out).toContain('3 payloads erased by retention');
    expect(out).toContain('erased: INC-2026-001: event 2-3, 5 (the chain holds; what they said is gone)\n');
    expect(JSON.parse((await run(audit, 'verify', '--json')).out)).toMatchObject({
      erasedFrom: [{ stream: INC, events: 3, seqs: '2-3, 5' }],
    });
  });

  it('refuses a file in which there is no head', async () => {
    const empty = join(dirname(file), 'empty.txt');
    await writeFile(empty, 'nothing here\n{"n":1,\n');
    await expect(run(audit, 'verify', '--head', empty)).rejects.toThrow('there is no head in');
  });

  it('refuses a head that is none, and has nothing to publish before anything happened', async () => {
    await expect(run(audit, 'verify', '--head', 'abc')).rejects.toThrow('sha256: and 64 hex digits');
    file = await temporaryFile();
    await using(file, 'own', async () => {});
    expect(await run(audit, 'head')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('nothing'),
    });
  });
});

describe('firstmate pause and resume', () => {
  it('work beside the bot, which sees them at once, and tell everyone', async () => {
    await using(file, 'own', async (bot) => {
      expect(await run(pause, '--reason', 'audit week')).toMatchObject({ code: 0, err: '' });
      expect(await bot.ledger.paused()).toMatchObject({ reason: 'audit week' });
      const [paused] = await bot.ledger.events('system');
      expect(paused).toMatchObject({ type: 'writes.paused', actor: { kind: 'operator' } });
      expect(await bot.outbox.head('notices')).toMatchObject({
        intent: {
          kind: 'notice',
          text: expect.stringMatching(/^Writes paused by operator\/.+: audit week$/),
        },
      });
      expect((await run(resume)).out).toBe('writes are allowed again\n');
      expect(await bot.ledger.paused()).toBeNull();
    });
  });

  it('say so, and write nothing, when it is so already', async () => {
    expect((await run(resume)).out).toBe('writes were not paused\n');
    await run(pause, '--reason', 'first');
    const again = await run(pause, '--reason', 'second');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('paused already') });
    expect(again.out).toContain('first');
    expect(JSON.parse((await run(pause, '--reason', 'third', '--json')).out)).toMatchObject({
      changed: false,
      paused: { reason: 'first' },
    });
    await using(file, 'read', async (store) => expect(await store.ledger.lastSeq('system')).toBe(1));
  });

  it('want a reason for a pause', async () => {
    await expect(run(pause)).rejects.toThrow('--reason');
    await expect(run(pause, '--reason', ' ')).rejects.toThrow(UsageError);
  });
});

describe('firstmate backup', () => {
  it('copies the database while the bot runs', async () => {
    const copy = join(dirname(file), 'copy.db');
    await using(file, 'own', async () => {
      expect(await run(backup, copy)).toEqual({ code: 0, err: '', out: `wrote ${copy}\n` });
    });
    file = copy;
    expect((await run(audit, 'verify')).code).toBe(0);
    await expect(run(backup, copy)).rejects.toThrow('exists already');
  });
});

describe('a command that reads the store', () => {
  it('says what to do when there is no database, and makes none', async () => {
    file = `${file}.missing`;
    await expect(run(incidents)).rejects.toThrow(/no database at .*firstmate start/);
    expect(existsSync(file)).toBe(false);
  });
});
