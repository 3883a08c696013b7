import { type Environment, MODES } from '../core/environment.ts';
import type { ClusterEntry } from './config-entries.ts';
import {
  at,
  type Cursor,
  eachOnce,
  error,
  flag,
  items,
  numberOrNull,
  oneOf,
  present,
  text,
  textOrNull,
} from './cursor.ts';
import { didYouMean } from './nearest.ts';

export function readEnvironments(cursor: Cursor): readonly Environment[] {
  const environments = items(cursor);
  eachOnce(
    environments.map((environment) => at(environment, 'name')),
    'an environment',
  );
  return environments.map((environment) => ({
    name: text(at(environment, 'name')),
    mode: oneOf(at(environment, 'mode'), MODES, 'approve'),
  }));
}

const TOKEN_MINUTES = 10;

function readWriteToken(cursor: Cursor): ClusterEntry['writeToken'] {
  if (!present(cursor)) return null;
  return {
    serviceAccount: text(at(cursor, 'service_account')),
    namespace: text(at(cursor, 'namespace')),
    minutes: numberOrNull(at(cursor, 'minutes')) ?? TOKEN_MINUTES,
  };
}

export function readClusters(cursor: Cursor, environments: readonly string[]): readonly ClusterEntry[] {
  const clusters = items(cursor);
  eachOnce(
    clusters.map((cluster) => at(cluster, 'name')),
    'a cluster',
  );
  return clusters.map((cluster): ClusterEntry => {
    const environment = textOrNull(at(cluster, 'environment'));
    const inCluster = flag(at(cluster, 'in_cluster'), false);
    if (environment !== null && !environments.includes(environment))
      error(
        at(cluster, 'environment'),
        `there is no environment called "${environment}"${didYouMean(environment, environments)}`,
      );
    for (const key of ['kubeconfig', 'kubeconfig_context', 'write_context'])
      if (inCluster && present(at(cluster, key)))
        error(at(cluster, key), `${key} does not go with in_cluster: true, which uses no kubeconfig`);
    if (present(at(cluster, 'prometheus_token_env')) && !present(at(cluster, 'prometheus_url')))
      error(at(cluster, 'prometheus_token_env'), 'a token for Prometheus needs prometheus_url');
    return {
      name: text(at(cluster, 'name')),
      kubeconfig: textOrNull(at(cluster, 'kubeconfig')),
      kubeconfigContext: textOrNull(at(cluster, 'kubeconfig_context')),
      inCluster,
      writeContext: textOrNull(at(cluster, 'write_context')),
      writeToken: readWriteToken(at(cluster, 'write_token')),
      prometheusUrl: textOrNull(at(cluster, 'prometheus_url')),
      prometheusTokenEnv: textOrNull(at(cluster, 'prometheus_token_env')),
      alertmanagerUrl: textOrNull(at(cluster, 'alertmanager_url')),
      argocdUrl: textOrNull(at(cluster, 'argocd_url')),
      environment,
      allowExecAuth: flag(at(cluster, 'allow_exec_auth'), false),
    };
  });
}
