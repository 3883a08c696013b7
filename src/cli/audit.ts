import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { type Audited, auditRecords } from '../core/audit-record.ts';
import type { PublishedHead } from '../core/checkpoint.ts';
import { parseIncidentId, planId } from '../core/ids.ts';
import { readPublishedHeads } from '../core/published-heads.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { noArguments, noSuchIncident, type OpenStore, onlyArgument, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'audit',
  usage: 'audit show ID | audit verify [--head HASH|FILE] | audit head   [--json]',
  summary:
    'show: the records of the changes of an incident, or of one plan. verify: recomputes the whole chain and names the first difference; with --head against a published head, or all in a file. head: prints the hash to publish.',
  options: { json: { type: 'boolean' }, head: { type: 'string' } },
  async run(invocation) {
    const [verb, ...rest] = invocation.positionals;
    if (invocation.values.head !== undefined && verb !== 'verify') {
      throw new UsageError('--head: only audit verify takes it');
    }
    switch (verb) {
      case 'show':
        return show(invocation, onlyArgument(rest, command, 'ID'));
      case 'verify':
        noArguments(rest, command);
        return verify(invocation);
      case 'head':
        noArguments(rest, command);
        return head(invocation);
      default:
        throw new UsageError(`say what to do: show, verify or head\nusage: firstmate ${command.usage}`);
    }
  },
};

async function show(invocation: Invocation, id: string): Promise<0> {
  const { values, io } = invocation;
  const one = parseIncidentId(id) === undefined;
  const audited = await withStore(invocation, (store) => (one ? ofPlan(store, id) : ofIncident(store, id)));
  const records = audited.map(({ record }) => record);
  if (values.json === true) {
    printJson(invocation, one ? records[0] : records);
    return 0;
  }
  if (records.length === 0) io.err(`${id} changed nothing\n`);
  else io.out(records.map((record) => stringify(record, { lineWidth: 0 })).join('---\n'));
  return 0;
}

async function ofIncident({ ledger }: OpenStore, text: string): Promise<readonly Audited[]> {
  const id = parseIncidentId(text);
  if (id === undefined || (await ledger.lastSeq(id)) === 0) throw noSuchIncident(text);
  return auditRecords(await ledger.events(id)).filter(({ executed }) => executed);
}

async function ofPlan({ ledger }: OpenStore, text: string): Promise<readonly Audited[]> {
  const incident = await ledger.incidentOfPlan(planId(text));
  if (incident === null) {
    throw new UsageError(
      `${JSON.stringify(text)} is neither an incident (INC-2026-042) nor a plan that is known`,
    );
  }
  return auditRecords(await ledger.events(incident)).filter(({ plan }) => plan.id === text);
}

async function verify(invocation: Invocation): Promise<0 | 1> {
  const { values, io } = invocation;
  const published = await publishedHeads(invocation);
  const found = await withStore(invocation, (store) => store.verify(published));
  const { fault, streams, events, erased, erasedFrom, checkpoints, uncovered } = found;
  if (values.json === true) {
    printJson(invocation, { ok: fault === null, published: published.length, ...found });
  } else if (fault !== null) {
    const place = [fault.stream, fault.seq === null ? null : `event ${fault.seq}`].filter(
      (part) => part !== null,
    );
    io.out(`does not hold: ${[...place, ''].join(': ')}${fault.says}\n`);
  } else {
    const about = [
      `${count(events, 'event')} in ${count(streams, 'stream')}`,
      `${count(checkpoints, 'checkpoint')}, ${count(uncovered, 'event')} newer than the last`,
      ...(erased === 0 ? [] : [`${count(erased, 'payload')} erased by retention`]),
      ['no published head to compare with', 'the published head is among the checkpoints'][
        published.length
      ] ?? `all ${published.length} published heads are among the checkpoints`,
    ];
    io.out(`holds: ${about.join('; ')}\n`);
  }
  // Also where it does not hold: what was erased is no fault, but nobody should have to guess whether it is one.
  if (values.json !== true) for (const line of erasedLines(erasedFrom)) io.out(`${line}\n`);
  return fault === null ? 0 : 1;
}

const SHOWN = 20;

function erasedLines(erased: Found['erasedFrom']): readonly string[] {
  const lines = erased.map(
    ({ stream, seqs }) => `erased: ${stream}: event ${seqs} (the chain holds; what they said is gone)`,
  );
  const more = lines.length - SHOWN;
  return more > 0 ? [...lines.slice(0, SHOWN), `erased: and ${more} more; --json lists all`] : lines;
}

type Found = Awaited<ReturnType<OpenStore['verify']>>;

/** What `--head` gives: one hash, or the heads in a file. @throws UsageError */
async function publishedHeads({ values, io }: Invocation): Promise<readonly PublishedHead[]> {
  const { head: given } = values;
  if (typeof given !== 'string') return [];
  if (/^sha256:[0-9a-f]{64}$/.test(given)) return [{ hash: given, checkpoint: null }];
  const text = await readFile(given, 'utf8').catch(() => null);
  if (text === null) {
    throw new UsageError(
      `--head: ${given} is neither a file that can be read nor what audit head printed, sha256: and 64 hex digits`,
    );
  }
  const { heads, leftOut } = readPublishedHeads(text);
  for (const line of leftOut) io.err(`${given}:${line}: this line is not whole, so it is left out\n`);
  if (heads.length === 0) throw new UsageError(`--head: there is no head in ${given}`);
  return heads;
}

async function head(invocation: Invocation): Promise<0 | 1> {
  const { values, io } = invocation;
  // What is published should cover what has happened by now, not only what the last checkpoint saw.
  const last = await withStore(invocation, (store) => store.checkpoint(new Date().toISOString()));
  if (values.json === true) {
    printJson(invocation, last === null ? null : { n: last.n, at: last.at, hash: last.hash });
  } else if (last !== null) {
    io.out(`${last.hash}\n`);
  }
  if (last === null) io.err('nothing has happened yet, so there is nothing to publish\n');
  return last === null ? 1 : 0;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
