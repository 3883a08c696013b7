import type { Clock } from './clock.ts';
import type { PodRuntimes } from './controllers/pod-runtime.ts';
import { type Facts, hasQuorum } from './facts.ts';
import type { ImageBehaviour } from './images.ts';
import type { Store } from './store.ts';
import type { Container, Pod } from './types.ts';

/** How one container of one pod behaves now; asked again while it runs, so that it follows what changes. */
export type ContainerScript = (pod: Pod, container: Container, simulation: Simulation) => ImageBehaviour;

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

type Rest = { version: number; wake: number | undefined };

/** Where each simulation came to rest, so that the ticks of a running clock cost nothing while nothing is due. */
const resting = new WeakMap<Simulation, Rest>();

/** Runs all controllers until none changes anything more; gives the earliest time one of them waits for. */
export function settle(simulation: Simulation, controllers: readonly Controller[]): number | undefined {
  resting.delete(simulation);
  // Without etcd no controller can write what it would.
  if (!hasQuorum(simulation.facts)) return undefined;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = simulation.store.resourceVersion();
    const wakes = controllers.flatMap((controller) => controller(simulation) ?? []);
    if (simulation.store.resourceVersion() === before) {
      return wakes.length === 0 ? undefined : Math.min(...wakes);
    }
  }
  throw new Error(`the controllers did not settle in ${MAX_ROUNDS} rounds`);
}

function isAtRest(simulation: Simulation, until: number): boolean {
  const rest = resting.get(simulation);
  if (rest === undefined || rest.version !== simulation.store.resourceVersion()) return false;
  return rest.wake === undefined || rest.wake > until;
}

/**
 * Moves the clock by `ms`, stopping at each time a controller waits for; `look` is called at each
 * stop and gives the next time that it waits for itself.
 */
export function advance(
  simulation: Simulation,
  controllers: readonly Controller[],
  ms: number,
  look: () => number | undefined = () => undefined,
): void {
  const target = simulation.clock.now() + ms;
  if (isAtRest(simulation, target)) {
    simulation.clock.set(target);
    return;
  }
  for (;;) {
    const wake = earliest(settle(simulation, controllers), look());
    if (wake === undefined || wake > target) break;
    // A controller that asks for the present again must still let time pass.
    simulation.clock.set(Math.max(wake, simulation.clock.now() + 1));
    if (simulation.clock.now() >= target) break;
  }
  simulation.clock.set(target);
  const wake = earliest(settle(simulation, controllers), look());
  resting.set(simulation, { version: simulation.store.resourceVersion(), wake });
}

export function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
