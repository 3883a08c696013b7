import { withDefaults } from '../admission/defaults.ts';
import { stampOf } from '../clock.ts';
import { objectOr } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { CronJob, Job } from '../types.ts';
import { nextTime } from './cron-schedule.ts';
import { recordEvent } from './events.ts';
import { controllerReference, isOwnedBy, newMeta } from './objects.ts';

const SOURCE = { component: 'cronjob-controller' };
const MINUTE_MS = 60_000;

/** Creates the Jobs of each CronJob when their time comes, and keeps the last few. */
export function runCronJobs(simulation: Simulation): number | undefined {
  const { store, clock } = simulation;
  let wake: number | undefined;
  for (const cron of store.list('cronjobs')) {
    if (cron.metadata.deletionTimestamp !== undefined || cron.spec.suspend === true) continue;
    const last = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
    const due = nextTime(cron.spec.schedule, last);
    if (due === undefined) continue;
    if (due > clock.now()) {
      wake = earliest(wake, due);
      continue;
    }
    start(simulation, cron, due);
    wake = earliest(wake, clock.now());
  }
  return wake;
}

function jobsOf(simulation: Simulation, cron: CronJob): Job[] {
  return simulation.store.list('jobs', cron.metadata.namespace).filter((job) => isOwnedBy(job, cron));
}

function endedAs(job: Job, type: 'Complete' | 'Failed'): boolean {
  return (job.status.conditions ?? []).some((one) => one.type === type && one.status === 'True');
}

function start(simulation: Simulation, cron: CronJob, due: number): void {
  const { store } = simulation;
  const jobs = jobsOf(simulation, cron);
  const running = jobs.filter((job) => !endedAs(job, 'Complete') && !endedAs(job, 'Failed'));
  const forbidden = cron.spec.concurrencyPolicy === 'Forbid' && running.length > 0;
  store.put('cronjobs', { ...cron, status: { ...cron.status, lastScheduleTime: stampOf(due) } });
  if (forbidden) return;
  const name = `${cron.metadata.name}-${Math.floor(due / MINUTE_MS)}`;
  const { namespace } = cron.metadata;
  const filled = withDefaults('jobs', { spec: cron.spec.jobTemplate.spec });
  const spec: Job['spec'] = { ...cron.spec.jobTemplate.spec, ...objectOr(filled.spec) };
  store.put('jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: newMeta(simulation, {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      generation: 1,
      ...(cron.spec.jobTemplate.metadata?.labels === undefined
        ? {}
        : { labels: cron.spec.jobTemplate.metadata.labels }),
      ownerReferences: [controllerReference(cron)],
    }),
    spec,
    status: {},
  });
  recordEvent(simulation, cron, SOURCE, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
  forget(
    simulation,
    jobs.filter((job) => endedAs(job, 'Complete')),
    cron.spec.successfulJobsHistoryLimit ?? 3,
  );
  forget(
    simulation,
    jobs.filter((job) => endedAs(job, 'Failed')),
    cron.spec.failedJobsHistoryLimit ?? 1,
  );
}

function forget(simulation: Simulation, jobs: Job[], keep: number): void {
  const oldest = [...jobs].sort((left, right) =>
    left.metadata.creationTimestamp < right.metadata.creationTimestamp ? -1 : 1,
  );
  for (const job of oldest.slice(0, Math.max(0, jobs.length - keep))) {
    simulation.store.remove('jobs', job.metadata.namespace, job.metadata.name);
  }
}
