import type { Controller } from '../simulation.ts';
import { runDaemonSets } from './daemonset.ts';
import { runDeployments } from './deployment.ts';
import { countDisruptions } from './disruption.ts';
import { publishEndpoints } from './endpoints.ts';
import { expireEvents } from './events.ts';
import { collectGarbage } from './garbage.ts';
import { runKubelets } from './kubelet.ts';
import { runNodes } from './node.ts';
import { runReplicaSets } from './replicaset.ts';
import { schedulePods } from './scheduler.ts';
import { runStatefulSets } from './statefulset.ts';

/** Every controller of the cluster, in the order in which a change travels from a Deployment to its pods. */
export const CONTROLLERS: readonly Controller[] = [
  runDeployments,
  runReplicaSets,
  runStatefulSets,
  runDaemonSets,
  runNodes,
  schedulePods,
  runKubelets,
  publishEndpoints,
  countDisruptions,
  collectGarbage,
  expireEvents,
];
