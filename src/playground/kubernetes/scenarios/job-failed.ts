import { jobFailed } from '../alerts/workload-rules.ts';
import { create } from '../world/create.ts';
import type { Scenario } from './scenario.ts';

const JOB = { namespace: 'tools', name: 'stock-report' };
const IMAGE = 'registry.example/tools/stock-report:4.0.2';

export const JOB_FAILED: Scenario = {
  name: 'job-failed',
  aliases: ['job'],
  title: 'A report job that has failed for good',
  breaks: 'The Job tools/stock-report ran into an error twice and gave up.',
  truth:
    'The warehouse refuses its password, which was changed yesterday; another run would fail the same way.',
  heals: 'Give the job the new password, then delete the failed Job so that the next run replaces it.',
  expected: 'by_hand',
  alerts: [jobFailed('tools')],
  cure: (api) => api.remove('/apis/batch/v1/namespaces/tools/jobs/stock-report?propagationPolicy=Background'),
  healthy: ({ store }) =>
    !store
      .list('jobs', JOB.namespace)
      .some(({ status }) => (status.conditions ?? []).some(({ type }) => type === 'Failed')),
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'exits',
      afterMs: 300,
      exitCode: 1,
      log: [
        'connecting to warehouse.example:5432',
        'FATAL:  password authentication failed for user "report"',
      ],
    });
    if (simulation.store.get('jobs', JOB.namespace, JOB.name) !== undefined) return;
    create(simulation, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...JOB, labels: { app: JOB.name } },
      spec: {
        backoffLimit: 1,
        template: {
          metadata: { labels: { app: JOB.name } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: IMAGE }] },
        },
      },
    });
  },
};
