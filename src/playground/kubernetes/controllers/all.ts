import type { Controller } from '../simulation.ts';
import { runAutoscalers } from './autoscaler.ts';
import { runCronJobs } from './cronjob.ts';
import { runDaemonSets } from './daemonset.ts';
import { runDeployments } from './deployment.ts';
import { countDisruptions } from './disruption.ts';
import { publishEndpoints } from './endpoints.ts';
import { expireEvents } from './events.ts';
import { collectGarbage } from './garbage.ts';
import { runJobs } from './job.ts';
import { runKubelets } from './kubelet.ts';
import { runNodes } from './node.ts';
import { countQuotas } from './quota.ts';
import { runReplicaSets } from './replicaset.ts';
import { schedulePods } from './scheduler.ts';
import { runStatefulSets } from './statefulset.ts';
import { runVolumes } from './volumes.ts';

/** Every controller of the cluster, in the order in which a change travels from a Deployment to its pods. */
export const CONTROLLERS: readonly Controller[] = [
  runAutoscalers,
  runDeployments,
  runReplicaSets,
  runStatefulSets,
  runDaemonSets,
  runCronJobs,
  runJobs,
  runVolumes,
  runNodes,
  schedulePods,
  runKubelets,
  publishEndpoints,
  countDisruptions,
  countQuotas,
  collectGarbage,
  expireEvents,
];
