import type { Clock } from './clock.ts';
import type { PodRuntimes } from './controllers/pod-runtime.ts';
import type { Facts } from './facts.ts';
import type { ContainerScript, ImageBehaviour } from './images.ts';
import type { Store } from './store.ts';

/** What every controller works on: the stored objects, the simulated time, and what lies behind the nodes. */
export type Simulation = {
  readonly store: Store;
  readonly clock: Clock;
  /** How a container of an image behaves; an image that is not listed runs and becomes ready. */
  readonly images: Map<string, ImageBehaviour | ContainerScript>;
  readonly facts: Facts;
  readonly runtimes: PodRuntimes;
  /** A number that grows by one with each call, for addresses and event names. */
  serial(): number;
};

/** Brings the stored state one step nearer to what is wanted; gives the time in ms at which it wants to run again. */
export type Controller = (simulation: Simulation) => number | undefined;

/** Far more rounds than any change needs to settle; beyond it two controllers are undoing each other's work. */
const MAX_ROUNDS = 200;

/** Runs all controllers until none changes anything more; gives the earliest time one of them waits for. */
export function settle(simulation: Simulation, controllers: readonly Controller[]): number | undefined {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = simulation.store.resourceVersion();
    const wakes = controllers.flatMap((controller) => controller(simulation) ?? []);
    if (simulation.store.resourceVersion() === before) {
      return wakes.length === 0 ? undefined : Math.min(...wakes);
    }
  }
  throw new Error(`the controllers did not settle in ${MAX_ROUNDS} rounds`);
}

type Rest = { version: number; wake: number | undefined };

/** Where each simulation came to rest, so that the ticks of a running clock cost nothing while nothing is due. */
const resting = new WeakMap<Simulation, Rest>();

function isAtRest(simulation: Simulation, until: number): boolean {
  const rest = resting.get(simulation);
  if (rest === undefined || rest.version !== simulation.store.resourceVersion()) return false;
  return rest.wake === undefined || rest.wake > until;
}

/** Moves the clock by `ms`, stopping at each time a controller waits for. */
export function advance(simulation: Simulation, controllers: readonly Controller[], ms: number): void {
  const target = simulation.clock.now() + ms;
  if (isAtRest(simulation, target)) {
    simulation.clock.set(target);
    return;
  }
  for (;;) {
    const wake = settle(simulation, controllers);
    if (wake === undefined || wake > target) break;
    // A controller that asks for the present again must still let time pass.
    simulation.clock.set(Math.max(wake, simulation.clock.now() + 1));
    if (simulation.clock.now() >= target) break;
  }
  simulation.clock.set(target);
  const wake = settle(simulation, controllers);
  resting.set(simulation, { version: simulation.store.resourceVersion(), wake });
}

export function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
