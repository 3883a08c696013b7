import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/core/events.ts';
import { type Alert, type Harbour, startHarbour } from '../crash/harbour.ts';

const PROGRAM = 'prometheus-alertmanager';
const missing = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return ` (skipped: there is no ${PROGRAM} on this machine; .ci/run installs it)`;
  }
})();

let harbour: Harbour;
let alertmanager: ChildProcess;
let folder = '';

afterEach(async () => {
  alertmanager?.kill('SIGTERM');
  await harbour?.end();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** A real Alertmanager that delivers to the bot; gives the address of its API. */
async function startAlertmanager(webhook: string): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'firstmate-alertmanager-'));
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    `route: { receiver: firstmate, group_by: [alertname, namespace], group_wait: 1s, group_interval: 2s, repeat_interval: 4s }
receivers:
  - name: firstmate
    webhook_configs: [{ url: "${webhook}/webhooks/alertmanager/default", send_resolved: true }]
`,
  );
  const port = 19_000 + (process.pid % 1_000);
  alertmanager = spawn(
    PROGRAM,
    [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await waitFor('Alertmanager', async () => (await fetch(`${url}/-/ready`)).ok);
  return url;
}

async function waitFor(what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > until) throw new Error(`waited in vain for ${what}\n${harbour.log().slice(-3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What Prometheus does every few seconds: tell Alertmanager what fires, and once more what has ended. */
async function tell(url: string, alerts: readonly Alert[]): Promise<void> {
  const body = alerts
    .filter((alert) => alert.status !== 'pending')
    .map(({ labels, annotations, startsAt, endsAt }) => ({
      labels,
      annotations,
      startsAt,
      ...(endsAt === undefined ? {} : { endsAt }),
    }));
  await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('a real Alertmanager', () => {
  it.skipIf(missing !== '')(
    `delivers fire, repeat and resolve to firstmate start: one incident, healed${missing}`,
    async () => {
      harbour = await startHarbour('start');
      harbour.start();
      const url = await startAlertmanager(harbour.url);
      await waitFor(
        'the bot',
        async () => (await fetch(`${harbour.url}/webhooks/alertmanager/default`)).status === 404,
      );
      await harbour.breakRelease();

      const has = async (type: TimelineEvent['type']): Promise<boolean> => {
        await tell(url, await harbour.alerts());
        return (await harbour.events()).some((event) => event.type === type);
      };
      await waitFor('the card', () => has('plan.shown'));
      const deliveries = (): number => harbour.log().split('"type":"alert.fired"').length - 1;
      expect(deliveries()).toBe(1);
      // Two repeat intervals: the same alert again and again is still the one incident, and no second message.
      const repeats = Date.now() + 9_000;
      await waitFor('two repeats', async () => (await has('plan.shown')) && Date.now() > repeats);
      const before = await harbour.postKeys();
      expect(before.toSorted()).toEqual([...new Set(before)].sort());

      await waitFor('the review', async () => {
        await harbour.press();
        return has('review.published');
      });
      const types = (await harbour.events()).map((event) => event.type);
      const story = [
        'alert.fired',
        'plan.approved',
        'write.finished',
        'validation.passed',
        'alert.resolved',
        'incident.resolved',
        'review.published',
      ];
      expect(types.filter((type) => story.includes(type))).toEqual(expect.arrayContaining(story));
      expect(types.filter((type) => type === 'alert.fired')).toHaveLength(1);
      expect(await harbour.incidentChannels()).toHaveLength(1);
      expect(await harbour.writes()).toHaveLength(1);
      expect(await harbour.verify()).toBeNull();

      const exited = once(harbour.process(), 'exit');
      harbour.process().kill('SIGTERM');
      expect((await exited)[0]).toBe(0);
    },
  );
});
