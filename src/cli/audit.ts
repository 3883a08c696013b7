import { stringify } from 'yaml';
import { type Audited, auditRecords } from '../core/audit-record.ts';
import { parseIncidentId, planId } from '../core/ids.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { noArguments, noSuchIncident, type OpenStore, onlyArgument, printJson, withStore } from './store.ts';

export const command: Command = {
  name: 'audit',
  usage: 'audit show ID | audit verify [--head HASH] | audit head   [--json]',
  summary:
    'show: the records of the changes of an incident, or of one plan. verify: recomputes the whole chain and names the first difference. head: prints the hash to publish.',
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
  const published = values.head ?? null;
  if (published !== null && (typeof published !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(published))) {
    throw new UsageError('--head: give what audit head printed, sha256: and 64 hex digits');
  }
  const found = await withStore(invocation, (store) => store.verify(published));
  const { fault, streams, events, erased, checkpoints, uncovered } = found;
  if (values.json === true) {
    printJson(invocation, { ok: fault === null, ...found });
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
      published === null
        ? 'no published head to compare with'
        : 'the published head is among the checkpoints',
    ];
    io.out(`holds: ${about.join('; ')}\n`);
  }
  return fault === null ? 0 : 1;
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
