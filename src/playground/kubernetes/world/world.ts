import { CONTROLLERS } from '../controllers/all.ts';
import { putSpec } from '../controllers/objects.ts';
import { advance, type Simulation } from '../simulation.ts';
import type { PodSpec } from '../types.ts';
import { ACCESS_OBJECTS } from './access.ts';
import { create } from './create.ts';
import { checkoutImage, NAMESPACES, PAYMENTS, SHOP, SYSTEM, TOOLS } from './inventory.ts';
import { node } from './manifests.ts';

type Place = { namespace: string; name: string };

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How long before the start the cluster was set up. */
export const WORLD_AGE_MS = 12 * DAY_MS;
/** Long enough for every rollout of the past to end. */
const ROLLOUT_MS = 30_000;

/** Sets a Deployment's image and the reason that `kubectl rollout history` shows. */
export function release(simulation: Simulation, place: Place, image: string, changeCause: string): void {
  releaseTemplate(simulation, place, changeCause, (spec) => ({
    ...spec,
    containers: spec.containers.map((container) => ({ ...container, image })),
  }));
}

/** Changes what the pods of a Deployment are made of, as a release does. */
export function releaseTemplate(
  simulation: Simulation,
  place: Place,
  changeCause: string,
  change: (spec: PodSpec) => PodSpec,
): void {
  const { store } = simulation;
  const found = store.get('deployments', place.namespace, place.name);
  if (found === undefined)
    throw new Error(`there is no Deployment ${place.namespace}/${place.name} to release to`);
  const { template } = found.spec;
  const annotations = { ...found.metadata.annotations, 'kubernetes.io/change-cause': changeCause };
  putSpec(
    simulation,
    'deployments',
    {
      ...found,
      metadata: { ...found.metadata, annotations },
      spec: { ...found.spec, template: { ...template, spec: change(template.spec) } },
    },
    found,
  );
}

function refreshHeartbeats({ store, clock }: Simulation): void {
  for (const one of store.list('nodes')) {
    const conditions = one.status.conditions.map((condition) => ({
      ...condition,
      lastHeartbeatTime: clock.stamp(),
    }));
    store.put('nodes', { ...one, status: { ...one.status, conditions } });
  }
}

/**
 * Builds the demo's cluster as it stands after twelve quiet days: the clock must stand WORLD_AGE_MS before the
 * start and stands at the start afterwards. `checkout` has two older revisions to go back to.
 */
export function buildWorld(simulation: Simulation): void {
  const { clock } = simulation;
  const start = clock.now() + WORLD_AGE_MS;
  const until = (time: number) => advance(simulation, CONTROLLERS, time - clock.now());
  const nodes = [0, 1, 2].map((number) => node(`node-${'abc'.charAt(number)}`, number, clock.stamp()));
  for (const manifest of [...NAMESPACES, ...nodes, ...ACCESS_OBJECTS, ...SYSTEM])
    create(simulation, manifest);
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  for (const manifest of [...SHOP, ...PAYMENTS, ...TOOLS]) create(simulation, manifest);
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  const checkout = { namespace: 'shop', name: 'checkout' };
  until(start - 5 * DAY_MS);
  release(simulation, checkout, checkoutImage('1.41.0'), 'release 1.41.0');
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  until(start - 26 * HOUR_MS);
  release(simulation, checkout, checkoutImage('1.42.0'), 'release 1.42.0');
  advance(simulation, CONTROLLERS, ROLLOUT_MS);
  until(start);
  refreshHeartbeats(simulation);
}
