import { sameJson } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Condition, Job, Pod } from '../types.ts';
import { recordEvent } from './events.ts';
import { isOwnedBy, setCondition } from './objects.ts';
import { createPod, deletePod, isActive, isReady, waitsUntil } from './pods.ts';

const SOURCE = { component: 'job-controller' };
/** The first wait after a failed pod; the Job controller's own is ten seconds. It doubles with each failure. */
const FIRST_BACKOFF_MS = 1_000;

/** Runs the pods of each Job until enough have succeeded or too many have failed. */
export function runJobs(simulation: Simulation): number | undefined {
  let wake: number | undefined;
  for (const job of simulation.store.list('jobs')) {
    if (job.metadata.deletionTimestamp !== undefined || isOver(job)) continue;
    wake = earliest(wake, reconcile(simulation, job), waitsUntil(simulation, job));
  }
  return wake;
}

function isOver(job: Job): boolean {
  return (job.status.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}

function ended(pod: Pod): number {
  const ends = (pod.status.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state.terminated?.finishedAt ?? pod.metadata.creationTimestamp),
  );
  return Math.max(...ends, 0);
}

function reconcile(simulation: Simulation, job: Job): number | undefined {
  const { store, clock } = simulation;
  const pods = store.list('pods', job.metadata.namespace).filter((pod) => isOwnedBy(pod, job));
  const active = pods.filter(isActive);
  const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded').length;
  const failures = pods.filter(({ status }) => status.phase === 'Failed');
  const { parallelism = 1, completions = 1, backoffLimit = 6, suspend = false } = job.spec;
  let conditions = job.status.conditions ?? [];
  let over: Partial<Job['status']> = {};
  const conclude = (type: 'Complete' | 'Failed', reason: string, message: string) => {
    const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    const condition = (kind: string): Condition => ({ type: kind, status: 'True', reason, message });
    conditions = setCondition(conditions, condition(first), clock.stamp());
    conditions = setCondition(conditions, condition(type), clock.stamp());
    if (type === 'Complete') over = { completionTime: clock.stamp() };
    recordEvent(simulation, job, SOURCE, type === 'Complete' ? 'Normal' : 'Warning', reason, message);
    for (const pod of active) deletePod(simulation, pod);
  };
  let wake: number | undefined;
  if (succeeded >= completions) {
    conclude('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods');
  } else if (failures.length > backoffLimit) {
    conclude('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  } else if (!suspend) {
    const last = Math.max(0, ...failures.map(ended));
    const from = last === 0 ? 0 : last + FIRST_BACKOFF_MS * 2 ** (failures.length - 1);
    if (from > clock.now()) wake = from;
    else addPods(simulation, job, Math.min(parallelism, completions - succeeded) - active.length);
  }
  const running = store
    .list('pods', job.metadata.namespace)
    .filter((pod) => isOwnedBy(pod, job) && isActive(pod));
  const count = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
  const status = {
    startTime: job.status.startTime ?? clock.stamp(),
    ...over,
    ...(conditions.length === 0 ? {} : { conditions }),
    ...count('active', running.length),
    ...count('succeeded', succeeded),
    ...count('failed', failures.length),
    ready: running.filter(isReady).length,
    terminating: 0,
    uncountedTerminatedPods: {},
  };
  if (!sameJson(status, job.status)) store.put('jobs', { ...job, status });
  return wake;
}

function addPods(simulation: Simulation, job: Job, missing: number): void {
  const labels = {
    'batch.kubernetes.io/controller-uid': job.metadata.uid,
    'batch.kubernetes.io/job-name': job.metadata.name,
    'controller-uid': job.metadata.uid,
    'job-name': job.metadata.name,
  };
  for (let count = 0; count < missing; count += 1) {
    const pod = createPod(simulation, job, job.spec.template, { component: SOURCE.component, labels });
    if (pod === undefined) return;
  }
}
