import { deletePod, isReady } from '../controllers/pods.ts';
import { objectOr, textOr } from '../json.ts';
import { selects } from '../selectors.ts';
import { badRequest, StatusError } from '../status.ts';
import type { Pod, PodDisruptionBudget } from '../types.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject } from './decode.ts';
import { checkPreconditions, isDry } from './delete.ts';
import { findObject, reply } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

function refused(budget: PodDisruptionBudget): StatusError {
  const { desiredHealthy, currentHealthy } = budget.status;
  const { name } = budget.metadata;
  return new StatusError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
        },
      ],
    },
  );
}

/** The budgets a pod's eviction counts against; a pod that serves nobody costs nothing when its budget is met. */
function budgetsOf(context: ApiContext, pod: Pod): PodDisruptionBudget[] {
  return context.simulation.store
    .list('poddisruptionbudgets', pod.metadata.namespace)
    .filter((budget) => selects(budget.spec.selector, pod))
    .filter(
      ({ status }) =>
        isReady(pod) || status.desiredHealthy === 0 || status.currentHealthy < status.desiredHealthy,
    );
}

/**
 * Evicts a pod when its PodDisruptionBudgets allow it, else 429.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
export function evict(context: ApiContext, request: ApiRequest, place: Place): Reply {
  const body = decodeObject(request, { kind: 'Eviction', group: 'policy', version: 'v1' });
  const { resource, namespace, name } = place;
  const { store, clock } = context.simulation;
  if (textOr(objectOr(body.metadata).name, name) !== name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  findObject(context, resource, namespace, name);
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw new StatusError(404, 'NotFound', `pods "${name}" not found`);
  const options = objectOr(body.deleteOptions);
  const dry = isDry(options) || request.query.getAll('dryRun').includes('All');
  const budgets = budgetsOf(context, pod);
  for (const budget of budgets) {
    if (budget.status.disruptionsAllowed <= 0) throw refused(budget);
    if (dry) continue;
    // The budget is used up before the pod is looked at, also by an eviction that then fails.
    const status = {
      ...budget.status,
      disruptionsAllowed: budget.status.disruptionsAllowed - 1,
      disruptedPods: { ...budget.status.disruptedPods, [name]: clock.stamp() },
    };
    store.put('poddisruptionbudgets', { ...budget, status });
  }
  checkPreconditions('Pod', pod, options);
  const grace = options.gracePeriodSeconds;
  if (!dry) deletePod(context.simulation, pod, typeof grace === 'number' ? grace : undefined);
  return reply(request, 201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}
