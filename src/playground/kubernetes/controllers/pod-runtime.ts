import type { Pod } from '../types.ts';

/** What a node knows of a container and the API does not show: its runs and what it waits for. Times in ms. */
export type ContainerRun = {
  startedAt: number;
  finishedAt?: number;
  exitCode?: number;
  reason?: string;
  image: string;
  /** What it had said by its end. */
  log?: readonly string[];
};

export type ContainerPhase =
  | 'pulling'
  | 'pull-backoff'
  | 'creating'
  | 'config-error'
  | 'running'
  | 'crashed'
  | 'crash-backoff'
  | 'finished';

export type ContainerRuntime = {
  name: string;
  image: string;
  init: boolean;
  phase: ContainerPhase;
  /** When the phase ends by itself; undefined where nothing is awaited. */
  nextAt: number | undefined;
  restarts: number;
  backoffMs: number;
  ready: boolean;
  readyAt: number | undefined;
  /** When a readiness probe that fails is told again. */
  probeAt: number | undefined;
  message: string | undefined;
  run: ContainerRun | undefined;
  previous: ContainerRun | undefined;
};

export type PodRuntime = {
  podIP: string;
  startedAt: number;
  stopAt: number | undefined;
  /** Whether the pod has no network yet, and when its node tries again. */
  sandboxFailed: boolean;
  sandboxAt: number;
  inits: ContainerRuntime[];
  containers: ContainerRuntime[];
  /** When each condition last turned, by type. */
  turned: Map<string, { status: string; at: number }>;
  /** The pod as it was when nothing was left to do, how many scripts there were, and until when that holds. */
  rest: { pod: Pod; nodeReady: boolean; scripts: number; until: number | undefined } | undefined;
};

export type PodRuntimes = Map<string, PodRuntime>;

export function newContainerRuntime(
  name: string,
  image: string,
  nextAt: number,
  init = false,
): ContainerRuntime {
  return {
    name,
    image,
    init,
    phase: 'pulling',
    nextAt,
    restarts: 0,
    backoffMs: 0,
    ready: false,
    readyAt: undefined,
    probeAt: undefined,
    message: undefined,
    run: undefined,
    previous: undefined,
  };
}
