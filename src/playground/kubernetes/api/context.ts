import type { Tokens } from '../access/authenticate.ts';
import type { LogSource } from '../log-source.ts';
import type { Resource } from '../resources.ts';
import type { Simulation } from '../simulation.ts';

/** What the API's handlers work with. */
export type ApiContext = {
  readonly simulation: Simulation;
  readonly tokens: Tokens;
  readonly logs: LogSource;
  /** Whether metrics.k8s.io is served; a cluster without a metrics server does not know the group. */
  readonly withMetrics: boolean;
};

/** A request's place: the resource it names, found in discovery, and where. */
export type Place = {
  resource: Resource;
  namespace: string | undefined;
  name: string;
};
