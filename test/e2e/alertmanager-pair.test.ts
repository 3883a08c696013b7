import { afterEach, describe, expect, it } from 'vitest';
import { processClock } from '../../src/cli/process-clock.ts';
import type { TimelineEvent } from '../../src/core/events.ts';
import { silenceOf } from '../../src/core/silenced.ts';
import { readSilences } from '../../src/prometheus/silences.ts';
import { type Alert, type Harbour, startHarbour } from '../crash/harbour.ts';
import { createPair, type Delivery, missing, type Pair, PEERS, type Peer } from './alertmanager-pair.ts';

const ALERT = 'KubeDeploymentRolloutStuck';
/** Always fires; its notifications are the beat by which a test knows that a while has passed for the peers too. */
const BEAT = 'Watchdog';
const PATIENCE_MS = 90_000;

let harbour: Harbour;
let pair: Pair;

afterEach(async () => {
  await pair?.end();
  await harbour?.end();
});

/** Looks until it holds; meanwhile Prometheus tells its alerts as ever. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const give = Date.now() + PATIENCE_MS;
  for (;;) {
    await pair.tell([
      beat(),
      ...(await harbour.alerts()).filter(({ status }) => status !== 'pending').map(told),
    ]);
    if (await Promise.resolve(holds()).catch(() => false)) return;
    if (Date.now() > give) {
      const passed = delivered(0, {})
        .slice(-20)
        .map(({ peer, status, answer, lost }) => `${peer} ${status} ${answer}${lost ? ' (answer lost)' : ''}`)
        .join('\n');
      throw new Error(`waited in vain for ${what}\n${passed}\n${harbour.log().slice(-3000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function told({ labels, annotations, startsAt, endsAt }: Alert) {
  return { labels, annotations, startsAt, ...(endsAt === undefined ? {} : { endsAt }) };
}

function beat() {
  const labels = { alertname: BEAT, severity: 'none' };
  return { labels, annotations: {}, startsAt: '2026-01-01T00:00:00Z' };
}

function delivered(from: number, wanted: Partial<Delivery>): readonly Delivery[] {
  return pair.deliveries
    .slice(from)
    .filter(
      ({ peer, alertname, status }) =>
        alertname === (wanted.alertname ?? ALERT) &&
        (wanted.peer === undefined || peer === wanted.peer) &&
        (wanted.status === undefined || status === wanted.status),
    );
}

async function types(): Promise<readonly TimelineEvent['type'][]> {
  return (await harbour.events()).map(({ type }) => type);
}

async function count(type: TimelineEvent['type']): Promise<number> {
  return (await types()).filter((one) => one === type).length;
}

/** Once all that came is handled: one incident, one channel, and no message of ours stands in Slack twice. */
async function expectOneOfEach(): Promise<readonly string[]> {
  await until('a quiet bot', () => harbour.quiet());
  expect((await harbour.incidents()).map(({ id }) => id)).toHaveLength(1);
  expect(await harbour.incidentChannels()).toHaveLength(1);
  expect(pair.deliveries.filter(({ answer }) => answer !== 202)).toEqual([]);
  const posts = await harbour.posts();
  const keys = posts.map(({ key }) => key ?? 'a message without a key');
  expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
  return posts.filter(({ threaded }) => !threaded).map(({ channel, key }) => `${channel} ${key}`);
}

describe('two real Alertmanagers', () => {
  it.skipIf(missing !== '')(
    `are one sender, through loss, silence and return: one incident and no double post${missing}`,
    { timeout: 400_000 },
    async () => {
      harbour = await startHarbour('start');
      harbour.start();
      pair = await createPair(harbour.url);
      await until('the bot', async () => {
        const answer = await fetch(`${harbour.url}/webhooks/alertmanager/default`);
        return answer.status === 404;
      });
      for (const peer of PEERS) await pair.start(peer);
      await until('two peers that see each other', () => pair.together());
      await until('the beat', () => delivered(0, { alertname: BEAT }).length > 0);

      // Fire: the answers to one are lost, so it delivers again and again, and then the other one does too.
      pair.loseAnswers(ALERT, 'firing');
      await harbour.breakRelease();
      await until('both peers to deliver', () => PEERS.every((peer) => delivered(0, { peer }).length > 0));
      expect(delivered(0, {}).filter(({ lost }) => lost)).not.toEqual([]);
      await until('the card', async () => (await count('plan.shown')) === 1);
      const told = await expectOneOfEach();
      expect(await count('alert.fired')).toBe(1);

      // One peer is killed, the one that delivers; the other goes on repeating.
      const dead: Peer = delivered(0, {}).at(-1)?.peer ?? 'left';
      const left: Peer = dead === 'left' ? 'right' : 'left';
      await pair.kill(dead);
      let from = pair.deliveries.length;
      await until('repeats of the one that is left', () => delivered(from, { peer: left }).length >= 2);
      expect(await expectOneOfEach()).toEqual(told);

      // It comes back with nothing in its memory.
      await pair.start(dead);
      await until('it to be back', () => pair.together());
      await until('it to know the alert', async () => (await pair.state(dead, ALERT)) === 'active');
      from = pair.deliveries.length;
      await until('repeats', () => delivered(from, {}).length >= 2);
      expect(await expectOneOfEach()).toEqual(told);

      // Silenced at one, known to both, and to firstmate from either.
      const labels = (await harbour.alerts())[0]?.labels ?? {};
      const silence = await pair.silence(dead, {
        matchers: [
          { name: 'alertname', value: 'KubeDeployment.+', isRegex: true, isEqual: true },
          { name: 'namespace', value: 'kube-system', isRegex: false, isEqual: false },
        ],
        createdBy: 'ada',
        comment: 'a release is under way',
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      await until('both to suppress it', async () => {
        const states = await Promise.all(PEERS.map((peer) => pair.state(peer, ALERT)));
        return states.every((state) => state === 'suppressed');
      });
      for (const peer of PEERS) {
        const silences = readSilences([{ name: 'here', alertmanagerUrl: pair.url[peer] }], processClock);
        const found = await silences.of('here', new AbortController().signal);
        if ('fault' in found) throw new Error(found.fault);
        expect(silenceOf(labels, found)).toMatchObject({ id: silence, createdBy: 'ada' });
        expect(silenceOf({ ...labels, namespace: 'kube-system' }, found)).toBeNull();
        expect(silenceOf({ alertname: BEAT }, found)).toBeNull();
      }
      // What was under way when the silence came may still arrive; after a beat nothing is.
      from = pair.deliveries.length;
      await until('a beat', () => delivered(from, { alertname: BEAT }).length >= 2);
      from = pair.deliveries.length;
      await until('two beats of silence', () => delivered(from, { alertname: BEAT }).length >= 2);
      expect(delivered(from, {})).toEqual([]);
      // Silence is no end.
      expect(await count('alert.resolved')).toBe(0);
      expect(await expectOneOfEach()).toEqual(told);
      await pair.endSilence(left, silence);
      await until('a repeat after the silence', () => delivered(from, {}).length > 0);
      expect(await count('alert.fired')).toBe(1);
      expect(await expectOneOfEach()).toEqual(told);

      // The end, told by both.
      pair.loseAnswers(ALERT, 'resolved');
      from = pair.deliveries.length;
      await harbour.healRelease();
      await until('both to tell the end', () =>
        PEERS.every((peer) => delivered(from, { peer, status: 'resolved' }).length > 0),
      );
      await until('the end', async () => (await harbour.incidents())[0]?.status === 'resolved');
      await expectOneOfEach();
      expect(await count('alert.resolved')).toBe(1);

      // The same again, from both: the same incident.
      pair.loseAnswers(ALERT, 'firing');
      from = pair.deliveries.length;
      await harbour.breakRelease();
      await until('both to deliver again', () =>
        PEERS.every((peer) => delivered(from, { peer, status: 'firing' }).length > 0),
      );
      await until('it to be open again', async () => (await count('incident.reopened')) === 1);
      await until('a second card', async () => (await count('plan.shown')) === 2);
      await expectOneOfEach();
      expect(await count('alert.fired')).toBe(2);
      expect(await count('alert.resolved')).toBe(1);
      expect(await harbour.verify()).toBeNull();
    },
  );
});
