import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { incidentId } from '../../src/core/ids.ts';
import type { MaintenanceWindow } from '../../src/core/maintenance.ts';
import { nextWork } from '../../src/core/next.ts';
import { act } from '../../src/flow/act.ts';
import { alertmanagerBody, fires, over } from '../deliveries.ts';
import { startReceiving } from '../flow/receiving.ts';
import { AT, at } from '../make.ts';
import { type Night, startNight } from './night.ts';

const FIRST = incidentId(2026, 1);

const shop = { label: 'namespace', op: '=' as const, value: 'shop' };
const stuck = (namespace: string, deployment: string, startsAt = AT) =>
  fires('KubeDeploymentRolloutStuck', { namespace, deployment }, startsAt);

function window(from: string, to: string, timeZone = 'Europe/Berlin'): MaintenanceWindow {
  return { name: 'upgrade', from, to, timeZone, match: [[shop]] };
}

describe('a night with a maintenance window in the zone of those who do the work', () => {
  let night: Night;
  beforeEach(async () => {
    // 02:07 in UTC is 03:07 in Berlin.
    night = await startNight({
      settings: (settings) => ({
        ...settings,
        maintenance: [window('2026-03-14T03:00', '2026-03-14T03:30')],
      }),
    });
  });
  afterEach(() => night.end());

  it('tells its alerts as lines, calls nobody, and opens the channel of what still fires at its end', async () => {
    const channels = (): readonly string[] =>
      night.slack.channels().flatMap(({ name }) => (name.startsWith('inc-') ? [name] : []));
    const invitations = () => night.slack.calls.filter(({ method }) => method === 'conversations.invite');
    await night.post(alertmanagerBody([stuck('shop', 'checkout'), stuck('shop', 'orders')]));
    await night.settled();
    expect(channels()).toEqual([]);
    expect(invitations()).toEqual([]);
    const lines = night.slack.channels().flatMap(({ id }) => night.slack.messages(id));
    expect(lines.map(({ text }) => text)).toEqual([
      expect.stringContaining(
        'INC-2026-001 · harbour-prod · SEV2 · KubeDeploymentRolloutStuck shop/checkout',
      ),
      expect.stringContaining('INC-2026-002 · harbour-prod · SEV2 · KubeDeploymentRolloutStuck shop/orders'),
    ]);

    // It is not for what the window does not name.
    await night.post(alertmanagerBody([stuck('payments', 'api')]));
    await night.settled();
    expect(channels()).toEqual([expect.stringMatching(/^inc-2026-003-/)]);
    const asked = invitations().length;

    await night.pass(10 * 60);
    await night.post(alertmanagerBody([over(stuck('shop', 'orders'), at(600))]));
    await night.settled();
    await night.pass(Date.parse('2026-03-14T02:29:59Z') / 1000 - Date.parse(night.clock.now()) / 1000);
    await night.settled();
    expect(channels()).toHaveLength(1);

    await night.pass(2);
    await night.settled();
    expect(channels()).toEqual([
      expect.stringMatching(/^inc-2026-003-/),
      expect.stringMatching(/^inc-2026-001-kube-deployment-rollout-stuck-shop-checkout/),
    ]);
    expect(invitations()).toHaveLength(asked + 1);
    expect(await night.timeline(FIRST, /^(incident|channel\.requested)/)).toEqual([
      expect.stringMatching(/^02:07:\d\d incident opened: .*checkout \(SEV2, harbour-prod;/),
      expect.stringMatching(
        /^02:30:\d\d channel asked for by maintenance window upgrade is over and it still fires$/,
      ),
    ]);
  });
});

describe('a maintenance window', () => {
  type World = Awaited<ReturnType<typeof startReceiving>>;

  async function during(maintenance: MaintenanceWindow, now: string): Promise<World> {
    const world = await startReceiving(undefined, { rules: { maintenance: [maintenance] } });
    world.clock.advance(Date.parse(now) - Date.parse(AT));
    return world;
  }

  async function only(world: World) {
    const [incident, ...others] = await world.incidents();
    if (incident === undefined || others.length > 0) throw new Error('there is not one incident');
    return incident;
  }

  const does = async (world: World, now: string): Promise<readonly string[]> =>
    nextWork(await only(world), now).map((work) => work.do);

  it('across the night on which clocks are set forward ends when the clock on the wall says so', async () => {
    const now = '2026-03-29T00:30:00.000Z';
    const world = await during(window('2026-03-29T01:00', '2026-03-29T03:30'), now);
    await world.deliver([alertmanagerBody([stuck('shop', 'checkout', now)])]);
    const incident = await only(world);
    expect(incident.visibility).toBe('line');
    // Two and a half hours on the wall are one and a half.
    expect(incident.held).toEqual({
      until: '2026-03-29T01:30:00.000Z',
      because: 'maintenance window upgrade',
    });
    expect(await does(world, '2026-03-29T01:29:59.000Z')).not.toContain('let_go');
    expect(await does(world, '2026-03-29T01:30:00.000Z')).toContain('let_go');
  });

  it('across the night on which they are set back lasts the hour that comes twice', async () => {
    const now = '2026-10-25T00:30:00.000Z';
    const world = await during(window('2026-10-25T01:00', '2026-10-25T03:30'), now);
    await world.deliver([alertmanagerBody([stuck('shop', 'checkout', now)])]);
    expect((await only(world)).held?.until).toBe('2026-10-25T02:30:00.000Z');
    expect(await does(world, '2026-10-25T02:29:59.000Z')).not.toContain('let_go');
  });

  it('holds back the channel also of what was watched before it began', async () => {
    const world = await during(window('2026-03-14T04:00', '2026-03-14T05:00'), AT);
    const warning = fires(
      'KubeDeploymentReplicasMismatch',
      { namespace: 'shop', deployment: 'checkout', severity: 'warning' },
      AT,
    );
    await world.deliver([alertmanagerBody([warning])]);
    world.clock.advance(3_600_000);
    await world.deliver([alertmanagerBody([stuck('shop', 'checkout', at(3_600))])]);
    expect((await world.timeline(FIRST)).slice(2)).toEqual([
      expect.stringContaining('03:07:00 alert KubeDeploymentRolloutStuck fires'),
      '03:07:00 severity SEV3 is now SEV2: KubeDeploymentRolloutStuck is SEV2',
      '03:07:00 no channel until 2026-03-14T04:00:00.000Z: maintenance window upgrade',
    ]);
    expect(await does(world, '2026-03-14T03:59:59.000Z')).not.toContain('let_go');
    expect(await does(world, '2026-03-14T04:00:00.000Z')).toContain('let_go');
  });

  it('that is over does not open a channel for a warning that begins anew', async () => {
    const world = await during(window('2026-03-14T03:00', '2026-03-14T04:00'), AT);
    await world.deliver([alertmanagerBody([stuck('shop', 'checkout')])]);
    await world.deliver([alertmanagerBody([over(stuck('shop', 'checkout'), at(60))])]);
    const ends = { do: 'resolve', because: 'over', force: false } as const;
    await act(world.receiving, FIRST, ends, { actor: FIRSTMATE, cause: null });
    world.clock.advance(3_600_000);
    const warning = fires(
      'KubeDeploymentReplicasMismatch',
      { namespace: 'shop', deployment: 'checkout', severity: 'warning' },
      at(3_600),
    );
    await world.deliver([alertmanagerBody([warning])]);
    expect(await only(world)).toMatchObject({ round: 2, visibility: 'line', held: null });
    expect(await does(world, at(3_700))).not.toContain('let_go');
  });
});
