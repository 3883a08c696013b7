import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from '../scenarios/night.ts';
import { alerts, approves, drills, prepares, proposes, VERBS } from './every-verb.ts';
import { faults, sent } from './hands.ts';

const OUT_OF_BOUNDS = /secrets|\/proxy|\/exec|\/attach|\/portforward|\/token|watch=/;

let night: Night;
let folder: string;
beforeEach(async () => {
  const drill = drills();
  folder = drill.folder;
  // No controller runs: whatever differs afterwards was changed by a request.
  night = await startNight({ settings: drill.settings, cluster: { controllers: [] } });
  await prepares(night);
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('5. until approval the cluster is only read and rehearsed', () => {
  it('nothing stored differs until somebody approves, for every operation of the registry', async () => {
    const before = night.cluster.snapshot();
    for (const verb of VERBS) {
      const from = night.cluster.requests.length;
      const plan = await proposes(night, verb);
      await night.settled();
      expect(night.cluster.snapshot(), verb).toEqual(before);

      const asked = night.cluster.requests
        .slice(from)
        .filter(({ path }) => !path.includes('selfsubject'))
        .filter(({ user }) => !user.endsWith('admin'));
      const rehearsals = asked.filter(({ method }) => method !== 'GET');
      expect(rehearsals, verb).toHaveLength(plan.requests.length);
      expect(
        rehearsals.every(({ dryRun, user }) => dryRun && user.endsWith(':writer')),
        verb,
      ).toBe(true);
      const reads = asked.filter(({ method }) => method === 'GET');
      expect(new Set(reads.map(({ user }) => user)), verb).toEqual(
        new Set(['system:serviceaccount:firstmate:reader']),
      );
      expect(
        asked.filter(({ path }) => OUT_OF_BOUNDS.test(path)),
        verb,
      ).toEqual([]);
      expect(asked[0]?.method, verb).toBe('GET');
    }
    expect(sent(night)).toEqual([]);
  }, 60_000);

  it('after approval the same walk does differ', async () => {
    const before = night.cluster.snapshot();
    await approves(night, await proposes(night, 'label'));
    await night.sees('execution.finished');
    expect(night.cluster.snapshot()).not.toEqual(before);
  });

  it.each(['label', 'delete pod'] as const)(
    'a webhook that cannot rehearse blocks the plan: %s',
    async (verb) => {
      const before = night.cluster.snapshot();
      // What the API server answers where a webhook has side effects, before anything is asked of it: 400.
      await faults(night, { method: verb === 'label' ? 'PATCH' : 'DELETE', status: 400, times: 10 });
      await alerts(night, verb);
      const { payload } = await night.sees('plan.failed');
      expect(payload.says).toContain('would not take this change (400)');
      await night.settled();
      expect(JSON.stringify(night.messages())).not.toContain('approve_plan');
      expect(night.cluster.snapshot()).toEqual(before);
      expect((await night.incident()).plans).toEqual([]);
    },
  );
});
