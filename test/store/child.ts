// A process of its own that appends until it is killed or done, and says after each append what is on disk.
// Arguments: the database, `own` or `read`, and how many appends (own: events of incidents, read: system events).
import { writeSync } from 'node:fs';
import { incidentId } from '../../src/core/ids.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { event, healed } from './events.ts';

const [file = '', mode, count = '0'] = process.argv.slice(2);
const store = await openStore({ file, clock: () => new Date(), mode: mode === 'read' ? 'read' : 'own' });
let left = Number(count);

async function append(
  stream: Parameters<typeof store.ledger.append>[0],
  next: ReturnType<typeof event>,
): Promise<void> {
  for (;;) {
    const seq = await store.ledger.lastSeq(stream);
    const appended = await store.ledger.append(stream, seq, [next], new Date().toISOString());
    if (appended.status === 'conflict') continue;
    writeSync(1, `${stream} ${seq + 1}\n`);
    left -= 1;
    return;
  }
}

if (mode === 'read') {
  while (left > 0) await append('system', event('writes.paused', { reason: String(process.pid) }));
} else {
  for (let number = await store.ledger.nextNumber(2026); left > 0; number += 1) {
    const id = incidentId(2026, number);
    for (const next of healed(id)) if (left > 0) await append(id, next);
  }
}
await store.close();
