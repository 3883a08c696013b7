import { isDeepStrictEqual } from 'node:util';
import { runDeployments } from '../../../src/playground/kubernetes/controllers/deployment.ts';
import { countDisruptions } from '../../../src/playground/kubernetes/controllers/disruption.ts';
import { runNodes } from '../../../src/playground/kubernetes/controllers/node.ts';
import { runReplicaSets } from '../../../src/playground/kubernetes/controllers/replicaset.ts';
import { schedulePods } from '../../../src/playground/kubernetes/controllers/scheduler.ts';
import type { PlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import type { Controller } from '../../../src/playground/kubernetes/simulation.ts';
import {
  type Answer,
  type Exchange,
  exchangesOf,
  type Group,
  replay,
  startRecordedCluster,
} from './conformance.ts';
import { sides } from './conformance-compare.ts';
import { loseSilentNode, runFakeKubelet } from './conformance-kubelet.ts';
import { Translation } from './conformance-translation.ts';
import { prepare, startNow, type Turn, writeDuring } from './conformance-unrecorded.ts';

/** The groups by the cluster they share: those that write build on one another, as they did when recorded. */
export const RUNS: readonly Group[][] = [
  ['discovery'],
  ['lists-and-gets'],
  ['tables'],
  ['logs'],
  ['watch'],
  ['writes', 'authz', 'limits'],
];

/** The controllers whose work the exchanges that write show. */
const AT_WORK: readonly Controller[] = [
  loseSilentNode,
  runDeployments,
  runReplicaSets,
  runNodes,
  schedulePods,
  runFakeKubelet,
  countDisruptions,
];

export type Difference = { exchange: Exchange; expected: unknown; actual: unknown };

type Given = { exchange: Exchange; answer: Answer };

/** All at once: a watch begins in its turn and ends in its own time. */
async function replayWatches(cluster: PlaygroundCluster, translation: Translation): Promise<Given[]> {
  const pending: Promise<Given>[] = [];
  for (const exchange of exchangesOf('watch')) {
    await startNow(cluster, exchange, translation);
    const sent = replay(cluster, exchange, translation);
    await sent.opened;
    await writeDuring(cluster, exchange);
    pending.push(sent.answer.then((answer) => ({ exchange, answer })));
  }
  return await Promise.all(pending);
}

async function replayInTurn(
  cluster: PlaygroundCluster,
  groups: readonly Group[],
  translation: Translation,
  turn: Turn,
): Promise<Given[]> {
  const given: Given[] = [];
  for (const exchange of groups.flatMap(exchangesOf)) {
    await prepare(cluster, exchange, translation, turn);
    given.push({ exchange, answer: await replay(cluster, exchange, translation).answer });
  }
  return given;
}

/** Sends the exchanges of some groups to a cluster of their own; gives those that are answered otherwise. */
export async function runGroup(
  groups: readonly Group[],
): Promise<{ count: number; differing: Difference[] }> {
  let working = false;
  // A real cluster's controllers take their time; here they work only when it is their turn.
  const controllers = AT_WORK.map(
    (controller): Controller =>
      (simulation) =>
        working ? controller(simulation) : undefined,
  );
  const cluster = await startRecordedCluster(controllers);
  const turn: Turn = (ms) => {
    working = true;
    cluster.advance(ms);
    working = false;
  };
  const translation = new Translation();
  try {
    const given = groups.includes('watch')
      ? await replayWatches(cluster, translation)
      : await replayInTurn(cluster, groups, translation, turn);
    const compared = given.map(({ exchange, answer }) => ({
      exchange,
      ...sides(exchange, { ...answer, body: translation.back(answer.body) }),
    }));
    const differing = compared.filter(({ expected, actual }) => !isDeepStrictEqual(expected, actual));
    return { count: given.length, differing };
  } finally {
    await cluster.stop();
  }
}
