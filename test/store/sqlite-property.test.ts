import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/core/events.ts';
import { incidentId } from '../../src/core/ids.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import { at, T0 } from './events.ts';
import { history } from './histories.ts';
import { temporaryFile, using } from './temporary.ts';

describe('any life of some incidents', () => {
  it('is loaded, opened anew and by others, as it folds in memory, and verifies', async () => {
    const file = await temporaryFile();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(history, async (chapters) => {
        run += 1;
        const path = `${file}-${run}`;
        const expected = new Map<number, Incident | null>();
        await using(path, 'own', async (store) => {
          for (const [index, { incident, events }] of chapters.entries()) {
            const id = incidentId(2026, incident);
            const before = expected.get(incident) ?? null;
            let folded = before;
            for (const next of events) {
              const seq = (folded?.seq ?? 0) + 1;
              folded = fold(folded, { ...next, id: 'x', stream: id, seq, recordedAt: T0 } as TimelineEvent);
            }
            const appended = await store.ledger.append(id, before?.seq ?? 0, events, T0);
            expect(appended).toMatchObject({ status: 'appended' });
            expected.set(incident, folded);
            expect(await store.ledger.load(id)).toEqual(folded);
            if (index % 3 === 0) await store.checkpoint(at(index));
          }
          expect((await store.verify(null)).fault).toBeNull();
        });
        await using(path, 'own', async (store) => {
          for (const [incident, folded] of expected) {
            const id = incidentId(2026, incident);
            expect(await store.ledger.load(id)).toEqual(folded);
            await using(path, 'read', async (beside) => {
              expect(await beside.ledger.load(id)).toEqual(folded);
            });
          }
          const head = (await store.lastCheckpoint())?.hash ?? null;
          expect((await store.verify(head)).fault).toBeNull();
        });
      }),
      { numRuns: 60 },
    );
  });
});
