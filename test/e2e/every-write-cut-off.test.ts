import { rmSync } from 'node:fs';
import { afterEach, describe, it } from 'vitest';
import { type Cut, cutsEach } from '../guarantees/cut-off.ts';
import { drills, VERBS } from '../guarantees/every-verb.ts';
import type { Night } from '../scenarios/night.ts';

// Here and not beside its guarantee (03) because two nights of fifteen incidents take too long for every run.

let night: Night | undefined;
afterEach(() => night?.end());

describe('every write of the registry, its connection cut', () => {
  it.each<Cut>(['reset_after_apply', 'reset_before_apply'])('%s: none is sent again', async (cut) => {
    const drill = drills();
    night = await cutsEach(VERBS, cut, drill);
    rmSync(drill.folder, { recursive: true, force: true });
  });
});
