/** What happens when a node is told to run an image. Times in milliseconds of simulated time. */
export type ImageBehaviour =
  | {
      kind: 'runs';
      readyAfterMs?: number;
      log?: readonly string[];
      every?: { ms: number; line: string };
      /** The HTTP paths that answer a readiness probe with 200; every path does where none is listed. */
      paths?: readonly string[];
    }
  | {
      kind: 'exits';
      afterMs: number;
      exitCode: number;
      reason?: 'Error' | 'OOMKilled' | 'Completed';
      log: readonly string[];
      /** Ready this long after its start, for what dies later; never ready where it is not given. */
      readyAfterMs?: number;
    }
  | { kind: 'never-ready'; log: readonly string[]; probeFailure: string }
  | { kind: 'unpullable'; message: string };

export const DEFAULT_BEHAVIOUR: ImageBehaviour = {
  kind: 'runs',
  log: ['level=info msg="starting"', 'level=info msg="listening" port=8080'],
  every: { ms: 5_000, line: 'level=info msg="request served" path=/healthz status=200' },
};

/** The kubelet's times, short enough that a demo shows a crash loop within seconds. */
export const KUBELET_TIMES = {
  /** From being bound to the container being started, with the image on the node. */
  startMs: 500,
  /** From started to ready, unless the image says otherwise. */
  readyAfterMs: 500,
  pullFailureMs: 400,
  /** From the first crash to the first restart, which the kubelet does at once. */
  firstRestartMs: 100,
  /** Back-off after later crashes: doubling, as the kubelet does from 10 s to 5 min, here from 2 s to 30 s. */
  crashBackoffMs: 2_000,
  crashBackoffMaxMs: 30_000,
  /** A container that ran this long starts its back-off anew. */
  backoffResetMs: 60_000,
  pullBackoffMs: 1_000,
  pullBackoffMaxMs: 30_000,
  /** How long a container takes to end after SIGTERM. */
  stopMs: 300,
  /** How often a readiness probe that fails is told again, the default `periodSeconds`. */
  probePeriodMs: 10_000,
  /** How long a container lives that needs more memory than its limit. */
  outOfMemoryMs: 1_500,
  /** How long an init container takes of which nothing else is known. */
  initMs: 200,
  /** How long a Job's container takes of which nothing else is known. */
  jobMs: 2_000,
  configRetryMs: 2_000,
  sandboxRetryMs: 5_000,
} as const;
