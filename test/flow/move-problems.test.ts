import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.ts';
import type { Incident } from '../../src/core/incident.ts';
import { describe as describeEvent } from '../../src/core/timeline-text.ts';
import { act } from '../../src/flow/act.ts';
import type { Receiving, Told } from '../../src/flow/receive-alerts.ts';
import { at, human, makeAlert, makePlan } from '../make.ts';
import { ADA, askIn, GUEST } from './asking.ts';
import { SOURCE, startReceiving } from './receiving.ts';

function alertOf(workload: string, changes: Partial<Alert> = {}): Alert {
  return makeAlert({
    fingerprint: `f-${workload}`,
    labels: { alertname: 'Down', namespace: 'shop', deployment: workload, severity: 'critical' },
    ...changes,
  });
}

function tell(...alerts: readonly Alert[]): Told {
  return { alerts, groupKey: 'g', hidden: 0 };
}

/** Two incidents, of web and of cart, that a person may want to be one. */
async function twoIncidents() {
  const told = new Map<string, Told>([
    ['web', tell(alertOf('web'))],
    ['cart', tell(alertOf('cart'))],
  ]);
  const world = await startReceiving(told);
  await world.deliver(['web', 'cart']);
  const deliver = (...alerts: readonly Alert[]): Promise<void> => {
    told.set('next', tell(...alerts));
    return world.deliver(['next']);
  };
  const [cart, web] = await world.incidents();
  if (web === undefined || cart === undefined) throw new Error('there are to be two');
  const load = async (incident: Incident): Promise<Incident> =>
    (await world.store.ledger.load(incident.id)) ?? incident;
  return { world, told, deliver, load, web, cart, asking: askIn(world) };
}

const timeline = async (world: Awaited<ReturnType<typeof startReceiving>>, { id }: Incident) =>
  (await world.store.ledger.events(id)).map((event) => describeEvent(event).replace(/^\S+ /, ''));

describe('merging', () => {
  it('brings problem and alerts to the other incident, ends this one, and says by whom on both timelines', async () => {
    const { world, load, web, cart, asking } = await twoIncidents();
    expect(await asking.merge({ incident: web.id, into: cart.id, by: ADA })).toEqual({
      says: `${web.id} is merged into ${cart.id}.`,
    });
    expect(await load(web)).toMatchObject({ status: 'resolved', mergedInto: cart.id });
    expect(await load(cart)).toMatchObject({
      status: 'open',
      personActed: true,
      shapedByPeople: true,
      joined: [{ key: web.correlationKey, by: 'person', because: `uada merged ${web.id}` }],
      problemOf: { 'default/f-web': web.correlationKey },
    });
    expect((await timeline(world, web)).slice(2)).toEqual([
      `merged into ${cart.id} by uada`,
      `incident resolved: Merged into ${cart.id}.`,
    ]);
    expect((await timeline(world, cart)).slice(2)).toEqual([
      `Down shop/web joined: uada merged ${web.id}`,
      'alert Down fires (default f-web)',
    ]);
    expect(await world.store.alerts.tally(web.id)).toBeNull();
    expect(await world.store.alerts.tally(cart.id)).toMatchObject({ firing: 2, problems: 2 });
  });

  it('is not undone by the next alert, and the end of a moved alert is told in the other one', async () => {
    const { world, deliver, load, web, cart, asking } = await twoIncidents();
    await asking.merge({ incident: web.id, into: cart.id, by: ADA });
    await deliver(alertOf('web', { fingerprint: 'f-web-2' }));
    expect(await world.incidents()).toHaveLength(2);
    expect(Object.keys((await load(cart)).alerts)).toEqual([
      'default/f-cart',
      'default/f-web',
      'default/f-web-2',
    ]);
    const over = { status: 'resolved', endsAt: at(60) } as const;
    await deliver(alertOf('cart', over), alertOf('web', over));
    expect((await load(cart)).clearSince).toBeNull();
    await deliver(alertOf('web', { fingerprint: 'f-web-2', ...over }));
    expect((await load(cart)).clearSince).not.toBeNull();
    expect((await load(web)).status).toBe('resolved');
  });

  it('said again answers kindly and changes nothing', async () => {
    const { load, web, cart, asking } = await twoIncidents();
    const again = () => asking.merge({ incident: web.id, into: cart.id, by: ADA });
    await again();
    const before = [await load(web), await load(cart)];
    expect(await again()).toEqual({ says: `${web.id} is merged into ${cart.id} already.` });
    expect([await load(web), await load(cart)]).toEqual(before);
  });

  it.each([1, 2, 3, 4])('cut off after %i of its appends is finished by saying it again', async (appends) => {
    const { world, load, web, cart } = await twoIncidents();
    const { ledger } = world.store;
    let left = appends;
    const dying: typeof ledger = {
      ...ledger,
      async append(...args) {
        if (left === 0) throw new Error('the process ended');
        left -= 1;
        return ledger.append(...args);
      },
    };
    const merge = { incident: web.id, into: cart.id, by: ADA };
    await askIn(world, ['prod'], { ledger: dying })
      .merge(merge)
      .catch(() => null);
    await askIn(world).merge(merge);
    expect(await load(web)).toMatchObject({ status: 'resolved', mergedInto: cart.id });
    const { joined, alerts } = await load(cart);
    expect(joined).toHaveLength(1);
    expect(Object.keys(alerts)).toEqual(['default/f-cart', 'default/f-web']);
    expect(await world.store.alerts.tally(cart.id)).toMatchObject({ firing: 2 });
  });

  it('loses no alert that arrives while it goes on', async () => {
    const { world, told, load, web, cart } = await twoIncidents();
    told.set('next', tell(alertOf('web', { fingerprint: 'f-late' })));
    // The alert is told to web between the copy of its alerts and its end.
    const alerts = {
      ...world.receiving.alerts,
      async move(...args: Parameters<typeof world.receiving.alerts.move>) {
        await world.receiving.alerts.move(...args);
        if ((await load(web)).status === 'open') {
          const alert = alertOf('web', { fingerprint: 'f-late' });
          const how = { problem: web.correlationKey, severity: 'SEV2', opens: 'line' } as const;
          const about = { actor: { kind: 'source', name: 'default' }, cause: null } as const;
          await act(world.receiving, web.id, { do: 'tell_alert', alert, ...how }, about);
        }
      },
    };
    await askIn(world, ['prod'], { alerts }).merge({ incident: web.id, into: cart.id, by: ADA });
    expect(Object.keys((await load(cart)).alerts)).toContain('default/f-late');
  });

  it('and a routing that had looked before it look again', async () => {
    const { world, told, load, web, cart, asking } = await twoIncidents();
    told.set('next', tell(alertOf('web', { fingerprint: 'f-late' })));
    const { ledger } = world.store;
    let merged = false;
    const looking: typeof ledger = {
      ...ledger,
      async load(id) {
        const seen = await ledger.load(id);
        if (id === web.id && !merged) {
          merged = true;
          await asking.merge({ incident: web.id, into: cart.id, by: ADA });
        }
        return seen;
      },
    };
    await world.deliver(['next'], SOURCE, { ...world.receiving, ledger: looking });
    expect(Object.keys((await load(cart)).alerts)).toContain('default/f-late');
    expect(Object.keys((await load(web)).alerts)).not.toContain('default/f-late');
    expect((await load(web)).status).toBe('resolved');
  });

  it('also moves what a batch under way still remembers', async () => {
    const { world, told, load, web, cart, asking } = await twoIncidents();
    told.set('next', tell(alertOf('web', { fingerprint: 'f-web-2' })));
    const inbox = {
      ...world.store.inbox,
      // The batch is told and not kept yet when the person speaks.
      async done(...args: Parameters<typeof world.store.inbox.done>) {
        await world.store.inbox.done(...args);
        return merged;
      },
    };
    const { read } = world.receiving;
    let merged: Promise<void> = Promise.resolve();
    const receiving: Receiving = {
      ...world.receiving,
      inbox,
      read: (delivery) => {
        if (delivery.body === 'cart')
          merged = asking.merge({ incident: web.id, into: cart.id, by: ADA }).then(() => {});
        return read(delivery);
      },
    };
    await world.deliver(['next', 'cart'], SOURCE, receiving);
    expect(await world.store.alerts.memory('default', 'f-web-2')).toMatchObject({ incident: cart.id });
    expect((await load(cart)).joined).toHaveLength(1);
  });

  it('waits for a change that is being carried out', async () => {
    const { world, load, web, cart, asking } = await twoIncidents();
    const about = { actor: human('UADA'), cause: null };
    const plan = makePlan({ incident: web.id });
    await act(world.receiving, web.id, { do: 'propose', plan, asked: true }, about);
    await act(world.receiving, web.id, { do: 'note_shown', plan: plan.id, at: at(0) }, about);
    const vote = { vote: 'approve', teams: ['sre'], reason: null, ineligible: null } as const;
    const person = { slack: ADA, name: 'ada', bot: false, guest: false, deactivated: false, stranger: false };
    await act(world.receiving, web.id, { do: 'vote', plan: plan.id, person, ...vote }, about);
    expect(await asking.merge({ incident: web.id, into: cart.id, by: ADA })).toEqual({
      says: `A change of ${web.id} is being carried out. Merge when it has ended.`,
    });
    expect((await load(cart)).joined).toEqual([]);
  });

  it('is refused with itself, with what is over, with another cluster, and to guests', async () => {
    const { world, web, cart, asking } = await twoIncidents();
    const says = async (into: Incident['id'], by = ADA) =>
      (await asking.merge({ incident: web.id, into, by }))?.says ?? '';
    expect(await says(web.id)).toContain('is this incident');
    expect(await says('INC-2026-999' as Incident['id'])).toBe('There is no incident INC-2026-999.');
    expect(await says(cart.id, GUEST)).toContain('Only members');
    const west = await askIn(world, ['prod', 'west']).declare({
      declaration: {
        title: 'W',
        severity: null,
        cluster: 'west',
        service: null,
        namespace: null,
        workload: null,
      },
      by: ADA,
    });
    expect('opened' in west && (await says(west.opened.id))).toContain('An incident has one cluster.');
    const over = { do: 'resolve', because: 'x', force: true } as const;
    await act(world.receiving, cart.id, over, { actor: human('UADA'), cause: null });
    expect(await says(cart.id)).toContain('is resolved. Reopen it');
  });

  it('by two people in a circle at once leaves one of them open', async () => {
    const { load, web, cart, asking } = await twoIncidents();
    await Promise.all([
      asking.merge({ incident: web.id, into: cart.id, by: ADA }),
      asking.merge({ incident: cart.id, into: web.id, by: ADA }),
    ]);
    const states = [(await load(web)).status, (await load(cart)).status];
    expect(states.sort()).toEqual(['open', 'resolved']);
  });

  it('of a cut delivery keeps the other one open until all was told', async () => {
    const { world, told, load, web, cart, asking } = await twoIncidents();
    told.set('cut', { alerts: [alertOf('web')], groupKey: 'g', hidden: 3 });
    await world.deliver(['cut']);
    await asking.merge({ incident: web.id, into: cart.id, by: ADA });
    expect((await load(cart)).hidden).toEqual({ 'default g': 3 });
  });
});

describe('splitting', () => {
  async function merged() {
    const two = await twoIncidents();
    await two.asking.merge({ incident: two.web.id, into: two.cart.id, by: ADA });
    return two;
  }

  it('takes a problem with its alerts out into an incident of its own, by its number or its words', async () => {
    for (const which of ['1', 'shop/WEB', 'down web']) {
      const { world, load, cart, web, asking } = await merged();
      const answer = await asking.split({ incident: cart.id, which, by: ADA });
      if (!('opened' in answer)) throw new Error(answer.says);
      expect(answer.opened).toMatchObject({
        title: web.title,
        correlationKey: web.correlationKey,
        visibility: 'channel',
        because: `uada took it out of ${cart.id}`,
        workload: 'web',
        personActed: true,
        shapedByPeople: true,
        alerts: { 'default/f-web': { status: 'firing' } },
      });
      expect(await load(cart)).toMatchObject({
        joined: [],
        apart: { [web.correlationKey]: answer.opened.id },
      });
      expect(Object.keys((await load(cart)).alerts)).toEqual(['default/f-cart']);
      expect(await world.store.alerts.tally(answer.opened.id)).toMatchObject({ firing: 1 });
      expect((await timeline(world, cart)).at(-1)).toBe(
        `uada took ${web.correlationKey} out into ${answer.opened.id}`,
      );
    }
  });

  it('is not undone by the next alert', async () => {
    const { world, deliver, load, cart, asking } = await merged();
    const answer = await asking.split({ incident: cart.id, which: '1', by: ADA });
    if (!('opened' in answer)) throw new Error(answer.says);
    await deliver(alertOf('web', { fingerprint: 'f-web-2' }));
    expect(Object.keys((await load(answer.opened)).alerts)).toEqual(['default/f-web', 'default/f-web-2']);
    expect(await world.incidents()).toHaveLength(3);
    await deliver(alertOf('web', { status: 'resolved', endsAt: at(60) }));
    expect((await load(answer.opened)).alerts['default/f-web']?.status).toBe('resolved');
  });

  it('and merging again ends with both in one, whoever asks for what', async () => {
    const { deliver, load, cart, asking } = await merged();
    const answer = await asking.split({ incident: cart.id, which: '1', by: ADA });
    if (!('opened' in answer)) throw new Error(answer.says);
    await asking.merge({ incident: answer.opened.id, into: cart.id, by: ADA });
    await deliver(alertOf('web', { fingerprint: 'f-web-2' }));
    expect(Object.keys((await load(cart)).alerts)).toContain('default/f-web-2');
    expect(await load(cart)).toMatchObject({ apart: {}, joined: [{ by: 'person' }] });
  });

  it('without saying which lists what joined, and says so where it is none or more than one', async () => {
    const { cart, asking } = await merged();
    const says = async (which: string) => {
      const answer = await asking.split({ incident: cart.id, which, by: ADA });
      return 'says' in answer ? answer.says : '';
    };
    expect(await says('')).toMatch(/^Which one\?.*\n1\. Down shop\/web: uada merged INC-/);
    expect(await says('database')).toMatch(/^No joined problem is “database”\.\n1\. /);
    expect(await says('7')).toMatch(/^No joined problem is “7”/);
  });

  it.each([1, 2])('cut off after %i of its appends is finished by saying it again', async (appends) => {
    const { world, load, web, cart } = await merged();
    const { ledger } = world.store;
    let left = appends;
    const dying: typeof ledger = {
      ...ledger,
      async append(...args) {
        if (left === 0) throw new Error('the process ended');
        left -= 1;
        return ledger.append(...args);
      },
    };
    const split = { incident: cart.id, which: '1', by: ADA };
    await askIn(world, ['prod'], { ledger: dying })
      .split(split)
      .catch(() => null);
    await askIn(world).split(split);
    expect(await world.incidents()).toHaveLength(3);
    const now = await load(cart);
    expect(now.joined).toEqual([]);
    const own = await world.store.ledger.load(now.apart[web.correlationKey] ?? cart.id);
    expect(Object.keys(own?.alerts ?? {})).toEqual(['default/f-web']);
  });
});

describe('severity', () => {
  it('that a person lowered is not raised by more of the same, only by what is worse', async () => {
    const { world, deliver, load, web, asking } = await twoIncidents();
    expect(web.severity).toBe('SEV2');
    await asking.setSeverity({ incident: web.id, to: 'SEV3', why: 'only the canary', by: ADA });
    await deliver(alertOf('web', { fingerprint: 'f-web-2' }));
    expect(await load(web)).toMatchObject({ severity: 'SEV3', personActed: true });
    const alert = alertOf('web', { fingerprint: 'f-web-3' });
    const how = { problem: web.correlationKey, severity: 'SEV1', opens: 'line' } as const;
    const about = { actor: { kind: 'source', name: 'default' }, cause: null } as const;
    await act(world.receiving, web.id, { do: 'tell_alert', alert, ...how }, about);
    expect((await load(web)).severity).toBe('SEV1');
  });
});

describe('reopening', () => {
  it('by a person begins a new round, and of a merged incident says where it went', async () => {
    const { world, load, web, cart, asking } = await twoIncidents();
    const over = { do: 'resolve', because: 'x', force: true } as const;
    await act(world.receiving, web.id, over, { actor: human('UADA'), cause: null });
    await asking.reopen({ incident: web.id, why: null, by: ADA });
    expect(await load(web)).toMatchObject({ status: 'open', round: 2, personActed: true });
    expect((await timeline(world, web)).at(-1)).toBe('incident reopened: uada reopened it.');
    expect(await asking.reopen({ incident: web.id, why: null, by: ADA })).toEqual({
      says: `${web.id} is open, not resolved.`,
    });
    await asking.merge({ incident: web.id, into: cart.id, by: ADA });
    expect(await asking.reopen({ incident: web.id, why: null, by: ADA })).toEqual({
      says: `${web.id} was merged into ${cart.id}. Split it off there.`,
    });
  });
});
