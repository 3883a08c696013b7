import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { incidentId } from '../src/core/ids.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import { T0 } from '../test/store/events.ts';
import { CHANGES_AN_INCIDENT, fillStore, planName } from './audit-store.ts';
import { atMost, type Bench } from './bench.ts';
import { PROGRAM } from './processes.ts';
import { median, quantile, round, spread } from './statistics.ts';

const CHANGES = 100_000;
const INCIDENTS = CHANGES / CHANGES_AN_INCIDENT;
const SAMPLE = 20;
const ASKS = 20;

/**
 * `firstmate audit show`, as a person runs it, with 100,000 changes stored: from the spawn to the answer, for a plan
 * and for an incident. That a store filled like this one verifies is checked on a small one.
 */
export const audit: Bench = {
  name: 'audit',
  async run(say) {
    const folder = await mkdtemp(join(tmpdir(), 'firstmate-bench-audit-'));
    const file = join(folder, 'firstmate.db');
    try {
      await check(join(folder, 'sample.db'));
      const filled = await fill(file, say);
      const plans: Answered[] = [];
      const incidents: Answered[] = [];
      for (let ask = 1; ask <= ASKS; ask += 1) {
        const id = incidentId(2026, Math.ceil((ask * INCIDENTS) / ASKS));
        plans.push(await show(file, planName(id, ask % CHANGES_AN_INCIDENT), 1));
        incidents.push(await show(file, id, CHANGES_AN_INCIDENT));
      }
      const times = (asked: readonly Answered[]) => asked.map(({ tookMs }) => tookMs);
      const cpu = (asked: readonly Answered[]) => asked.map(({ cpuMs }) => cpuMs);
      say(
        `a plan in ${round(median(times(plans)))} ms, an incident in ${round(median(times(incidents)))} ms`,
      );
      return {
        n: { changes: CHANGES, incidents: INCIDENTS, events: filled.events, asks: 2 * ASKS },
        targets: [
          atMost('audit show of a plan, p99, ms', 1_000, round(quantile(times(plans), 0.99))),
          atMost('audit show of an incident, p99, ms', 1_000, round(quantile(times(incidents), 0.99))),
        ],
        figures: {
          plan: { ms: spread(times(plans)), cpuMs: spread(cpu(plans)) },
          incident: { ms: spread(times(incidents)), cpuMs: spread(cpu(incidents)) },
          filledInSeconds: filled.seconds,
          databaseMiB: Math.round((await stat(file)).size / 2 ** 20),
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function fill(file: string, say: (progress: string) => void) {
  const began = performance.now();
  const events = await fillStore(file, INCIDENTS, (stored) => say(`${stored} changes stored`));
  return { events, seconds: Math.round((performance.now() - began) / 1000) };
}

/** What is filled like this must be a ledger that verifies, or its figures say nothing. */
async function check(file: string): Promise<void> {
  await fillStore(file, SAMPLE, () => undefined);
  const store = await openStore({ file, clock: () => new Date(T0) });
  const { fault } = await store.verify(null);
  await store.close();
  if (fault !== null) throw new Error(`the store does not verify: ${fault.stream}: ${fault.says}`);
}

type Answered = { readonly tookMs: number; readonly cpuMs: number };

/** Lets a process tell its own CPU time when it ends: what others did on the machine is not in it. */
const TELL_CPU =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(String((user+system)/1000))})';

/** @throws Error when the answer is not the records that were asked for */
async function show(file: string, id: string, records: number): Promise<Answered> {
  const began = performance.now();
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', TELL_CPU, PROGRAM, 'audit', 'show', id],
    { cwd: join(file, '..'), env: { DATABASE_URL: `sqlite:${file}` } },
  );
  const tookMs = performance.now() - began;
  const told = stdout.split('---\n').map((text): unknown => parse(text));
  const whole = told.filter((record) => {
    const { actor, reason, policy, approval, outcome } = Object(record);
    return (
      actor === 'ai-operator/firstmate' &&
      typeof reason === 'string' &&
      policy === 'checkout' &&
      Object(approval).approved_by?.[0] === 'human/U0ADA' &&
      outcome === 'succeeded'
    );
  });
  if (whole.length !== records) throw new Error(`audit show ${id}: ${whole.length} of ${records} records`);
  return { tookMs, cpuMs: Number(stderr) };
}
