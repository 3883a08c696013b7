import {
  AppsV1Api,
  AuthenticationV1Api,
  AuthorizationV1Api,
  type Configuration,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  PolicyV1Api,
  ServerConfiguration,
} from '@kubernetes/client-node';
import type { PlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';

export type Clients = {
  apps: AppsV1Api;
  core: CoreV1Api;
  policy: PolicyV1Api;
  authentication: AuthenticationV1Api;
  authorization: AuthorizationV1Api;
};

/** The ordinary API clients for one of the kubeconfig's contexts. */
export function clientsFor(cluster: PlaygroundCluster, context: string): Clients {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(cluster.kubeconfig);
  kubeConfig.setCurrentContext(context);
  const configuration: Configuration = createConfiguration({
    baseServer: new ServerConfiguration(kubeConfig.getCurrentCluster()?.server ?? '', {}),
    authMethods: { default: kubeConfig },
  });
  return {
    apps: new AppsV1Api(configuration),
    core: new CoreV1Api(configuration),
    policy: new PolicyV1Api(configuration),
    authentication: new AuthenticationV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
  };
}

/** The bearer token of a kubeconfig user, for requests that no client library would send. */
export function tokenOf(cluster: PlaygroundCluster, user: string): string {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(cluster.kubeconfig);
  return kubeConfig.getUser(user)?.token ?? '';
}
