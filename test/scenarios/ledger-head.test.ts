import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readPublishedHeads } from '../../src/core/published-heads.ts';
import { openStoreFor } from '../../src/store/open.ts';
import { startNight } from './night.ts';

it('publishes the head of the ledger by the hour and at the stop: one pinned message, a line in the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-heads-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const headsFile = join(folder, 'heads.jsonl');
  const night = await startNight({
    settings: (plain) => ({ ...plain, audit: { ...plain.audit, headsFile } }),
  });
  const told = () =>
    night.slack
      .channels()
      .flatMap((channel) => (channel.name === 'incidents' ? night.slack.messages(channel.id) : []))
      .filter(({ text }) => text.startsWith('Ledger head'));
  night.cluster.breakScenario('bad-release');
  await night.pass(120);
  await night.delivers();
  await night.sees('plan.proposed');
  await night.pass(3_600);
  await night.settled();
  const first = told();
  expect(first).toMatchObject([{ pinned: true }]);

  await night.app.stop();
  const last = told();
  expect(last).toHaveLength(1);
  expect(last[0]?.ts).toBe(first[0]?.ts);
  expect(last[0]?.text).not.toBe(first[0]?.text);

  // What was published covers all that happened, the stop included, and the store still gives it.
  const store = await openStoreFor(night.settings, 'read');
  const { heads } = readPublishedHeads(await readFile(headsFile, 'utf8'));
  expect(last[0]?.text).toContain(heads.at(-1)?.hash);
  expect(await store.verify(heads)).toMatchObject({ fault: null, uncovered: 0 });
  await store.close();
  await night.cluster.stop();
  await night.slack.stop();
});
