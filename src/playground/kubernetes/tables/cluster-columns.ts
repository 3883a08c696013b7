import { at, isObject, listOr, numberOr, textOr } from '../json.ts';
import { selectorText } from '../selectors.ts';
import type { KubeObject } from '../types.ts';
import { AGE, type Column, NAME, text } from './column.ts';

function nodeStatus(object: KubeObject): string {
  const ready = listOr(at(object, 'status', 'conditions'))
    .filter(isObject)
    .find((condition) => condition.type === 'Ready');
  const base = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return at(object, 'spec', 'unschedulable') === true ? `${base},SchedulingDisabled` : base;
}

function nodeRoles(object: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(object.metadata.labels ?? {})
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort();
  return roles.length === 0 ? '<none>' : roles.join(',');
}

function address(object: KubeObject, type: string): string {
  const found = listOr(at(object, 'status', 'addresses'))
    .filter(isObject)
    .find((one) => one.type === type);
  return textOr(found?.address, '<none>');
}

function info(field: string): Column['cell'] {
  return (object) => textOr(at(object, 'status', 'nodeInfo', field)) || '<unknown>';
}

function metricTarget(metric: unknown, current: unknown): string {
  const resource = at(metric, 'resource');
  const target = at(resource, 'target', 'averageUtilization');
  const value = at(current, 'resource', 'current', 'averageUtilization');
  const shown = typeof value === 'number' ? `${value}%` : '<unknown>';
  return `${textOr(at(resource, 'name'))}: ${shown}/${numberOr(target)}%`;
}

function hpaTargets(object: KubeObject): string {
  const metrics = listOr(at(object, 'spec', 'metrics'));
  const current = listOr(at(object, 'status', 'currentMetrics'));
  if (metrics.length === 0) return '<none>';
  return metrics.map((metric, index) => metricTarget(metric, current[index])).join(', ');
}

function orNotSet(value: unknown): string {
  return value === undefined || value === null ? 'N/A' : String(value);
}

function sliceAddresses(object: KubeObject): string {
  const all = listOr(object.endpoints).flatMap((endpoint) => listOr(at(endpoint, 'addresses')).map(String));
  if (all.length === 0) return '<unset>';
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : '';
  return `${all.slice(0, 3).join(',')}${more}`;
}

function ingressHosts(object: KubeObject): string {
  const hosts = listOr(at(object, 'spec', 'rules')).map((rule) => textOr(at(rule, 'host'), '*'));
  return hosts.length === 0 ? '*' : hosts.join(',');
}

export const CLUSTER_COLUMNS: Record<string, Column[]> = {
  nodes: [
    NAME,
    text('Status', nodeStatus),
    text('Roles', nodeRoles),
    AGE,
    text('Version', info('kubeletVersion')),
    text('Internal-IP', (object) => address(object, 'InternalIP'), true),
    text('External-IP', (object) => address(object, 'ExternalIP'), true),
    text('OS-Image', info('osImage'), true),
    text(
      'Kernel-Version',
      (object) =>
        `${textOr(at(object, 'status', 'nodeInfo', 'kernelVersion'))} (${textOr(at(object, 'status', 'nodeInfo', 'architecture'))})`,
      true,
    ),
    text('Container-Runtime', info('containerRuntimeVersion'), true),
  ],
  horizontalpodautoscalers: [
    NAME,
    text(
      'Reference',
      (object) =>
        `${textOr(at(object, 'spec', 'scaleTargetRef', 'kind'))}/${textOr(at(object, 'spec', 'scaleTargetRef', 'name'))}`,
    ),
    text('Targets', hpaTargets),
    text('MinPods', (object) => String(at(object, 'spec', 'minReplicas') ?? '<unset>')),
    text('MaxPods', (object) => numberOr(at(object, 'spec', 'maxReplicas'))),
    text('Replicas', (object) => numberOr(at(object, 'status', 'currentReplicas'))),
    AGE,
  ],
  poddisruptionbudgets: [
    NAME,
    text('Min Available', (object) => orNotSet(at(object, 'spec', 'minAvailable'))),
    text('Max Unavailable', (object) => orNotSet(at(object, 'spec', 'maxUnavailable'))),
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      cell: (object) => numberOr(at(object, 'status', 'disruptionsAllowed')),
    },
    AGE,
  ],
  endpointslices: [
    NAME,
    text('AddressType', (object) => textOr(object.addressType)),
    text(
      'Ports',
      (object) =>
        listOr(object.ports)
          .map((port) => String(at(port, 'port') ?? ''))
          .join(',') || '<unset>',
    ),
    text('Endpoints', sliceAddresses),
    AGE,
  ],
  ingresses: [
    NAME,
    text('Class', (object) => textOr(at(object, 'spec', 'ingressClassName'), '<none>')),
    text('Hosts', ingressHosts),
    text('Address', () => ''),
    text('Ports', (object) => (listOr(at(object, 'spec', 'tls')).length > 0 ? '80, 443' : '80')),
    AGE,
  ],
  networkpolicies: [
    NAME,
    text('Pod-Selector', (object) => {
      const selector = at(object, 'spec', 'podSelector');
      return selectorText(isObject(selector) ? selector : undefined);
    }),
    AGE,
  ],
};
