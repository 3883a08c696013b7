import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORM } from '../../src/core/correlate.ts';
import { incidentId } from '../../src/core/ids.ts';
import { alertTotal, firingCount, type Incident } from '../../src/core/incident.ts';
import { MOST_NAMED_ALERTS, MOST_NAMED_PROBLEMS } from '../../src/core/problem.ts';
import { alertmanagerBody, fires, over, type ToldAlert } from '../deliveries.ts';
import { type Night, startNight } from './night.ts';

const FIRST = incidentId(2026, 1);
const WORKLOADS = 60;
const PODS = 5;

/** Five pods of each of sixty workloads crash within a minute. */
function storm(from: string): readonly ToldAlert[] {
  return Array.from({ length: WORKLOADS * PODS }, (_, number) =>
    fires(
      'KubePodCrashLooping',
      {
        namespace: `team-${(number % WORKLOADS) % 7}`,
        deployment: `worker-${number % WORKLOADS}`,
        replica: String(Math.floor(number / WORKLOADS)),
      },
      new Date(Date.parse(from) + number * 200).toISOString(),
    ),
  );
}

let night: Night;
beforeEach(async () => {
  night = await startNight();
});
afterEach(() => night.end());

/** Bad news of checkout and its card come first; then the alerts, each in a delivery, all before any is handled. */
async function stormAfterTheCard(): Promise<readonly ToldAlert[]> {
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  await night.delivers();
  await night.sees('plan.shown');
  const alerts = storm(night.clock.now());
  const { inbox } = night.app.store;
  const receivedAt = night.clock.now();
  for (const [number, alert] of alerts.entries()) {
    const body = alertmanagerBody([alert], { groupKey: `{}:{deployment="${alert.labels.deployment}"}` });
    await inbox.put({ id: `storm-${number}`, source: 'default', kind: 'alertmanager', receivedAt, body });
  }
  return alerts;
}

async function handled(): Promise<void> {
  for (let look = 0; look < 5; look += 1) {
    await night.pass(4);
    await night.settled();
  }
}

describe('a storm of 300 alerts of 60 workloads within a minute', () => {
  it('opens five channels, and the others join with the reason; counts stand for lines; a click goes first', async () => {
    const alerts = await stormAfterTheCard();
    const handling = night.app.tick();
    await night.presses('ada', 'approve_plan');
    await night.sees('vote.cast');
    expect(await night.app.store.inbox.waiting()).toBeGreaterThan(0);
    await handling;
    await handled();
    expect(await night.app.store.inbox.waiting()).toBe(0);

    const channels = night.slack.channels().filter(({ name }) => name.startsWith('inc-'));
    expect(channels).toHaveLength(STORM.channels);
    const joins = await night.timeline(FIRST, /^problem\./);
    expect(joins).toHaveLength(MOST_NAMED_PROBLEMS);
    // The first channel is checkout's, the next four are of worker-0 to worker-3.
    expect(joins[0]).toContain(
      ' KubePodCrashLooping team-4/worker-4 joined: many problems began in harbour-prod at once, and this one is told with them',
    );
    const others = WORKLOADS - 4;
    expect((await night.app.store.ledger.load(FIRST))?.tally).toEqual({
      firing: others * PODS + 1,
      total: others * PODS + 1,
      problems: others + 1,
      first: 'KubeDeploymentRolloutStuck',
      last: 'KubePodCrashLooping',
      worst: 'KubeDeploymentRolloutStuck',
    });
    expect(await night.timeline(FIRST, /^alert\.fired$/)).toHaveLength(MOST_NAMED_ALERTS);
    expect((await night.timeline(FIRST, /^alerts\.counted$/)).length).toBeLessThan(10);
    expect(await differing()).toEqual([]);

    // Its end is counted too, and only what still fires is left.
    await night.pass(120);
    const ends = alerts.map((alert) => over(alert, night.clock.now()));
    expect(await night.post(alertmanagerBody(ends))).toBe(202);
    await handled();
    expect(await differing()).toEqual([]);
    const [checkout, ...workers] = await incidents();
    expect(checkout).toMatchObject({ clearSince: null, tally: { firing: 1 } });
    expect(workers.map(({ clearSince }) => clearSince)).not.toContain(null);
  }, 60_000);
});

async function incidents(): Promise<readonly Incident[]> {
  const ids = [1, 2, 3, 4, 5].map((number) => incidentId(2026, number));
  const loaded = await Promise.all(ids.map((id) => night.app.store.ledger.load(id)));
  return loaded.filter((incident) => incident !== null);
}

/** Incidents whose timeline counts otherwise than the table of alerts does. */
async function differing(): Promise<readonly string[]> {
  const found = await incidents();
  expect(found).toHaveLength(STORM.channels);
  const counted = found.map(async (incident) => {
    const table = await night.app.store.alerts.tally(incident.id);
    const same = firingCount(incident) === table?.firing && alertTotal(incident) === table.total;
    return same ? [] : [incident.id];
  });
  return (await Promise.all(counted)).flat();
}
