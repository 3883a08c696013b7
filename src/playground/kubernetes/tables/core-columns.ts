import { at, isObject, listOr, numberOr, objectOr, textOr } from '../json.ts';
import type { KubeObject } from '../types.ts';
import { AGE, type Column, NAME, text } from './column.ts';
import { ageOf } from './duration.ts';

function keys(object: KubeObject, ...fields: string[]): number {
  return fields.reduce((total, field) => total + Object.keys(objectOr(object[field])).length, 0);
}

function lastSeen(object: KubeObject, now: number): string {
  return ageOf(object.lastTimestamp ?? object.eventTime, now);
}

function sourceText(object: KubeObject): string {
  const component = textOr(at(object, 'source', 'component')) || textOr(object.reportingComponent);
  const host = textOr(at(object, 'source', 'host')) || textOr(object.reportingInstance);
  return [component, host].filter((part) => part !== '').join(', ');
}

function servicePorts(object: KubeObject): string {
  const ports = listOr(at(object, 'spec', 'ports')).filter(isObject);
  if (ports.length === 0) return '<none>';
  return ports
    .map(({ port, nodePort, protocol }) =>
      nodePort === undefined
        ? `${numberOr(port)}/${textOr(protocol, 'TCP')}`
        : `${numberOr(port)}:${numberOr(nodePort)}/${textOr(protocol, 'TCP')}`,
    )
    .join(',');
}

function externalIp(object: KubeObject): string {
  if (at(object, 'spec', 'type') !== 'LoadBalancer') return '<none>';
  const ingress = listOr(at(object, 'status', 'loadBalancer', 'ingress'));
  const addresses = ingress.map((one) => textOr(at(one, 'ip')) || textOr(at(one, 'hostname')));
  return addresses.length === 0 ? '<pending>' : addresses.join(',');
}

function labelsText(labels: unknown): string {
  const entries = Object.entries(objectOr(labels));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${String(value)}`).join(',');
}

function endpointsText(object: KubeObject): string {
  const subsets = listOr(object.subsets);
  const all = subsets.flatMap((subset) =>
    listOr(at(subset, 'ports')).flatMap((port) =>
      listOr(at(subset, 'addresses')).map(
        (address) => `${textOr(at(address, 'ip'))}:${numberOr(at(port, 'port'))}`,
      ),
    ),
  );
  if (all.length === 0) return '<none>';
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : '';
  return `${all.slice(0, 3).join(',')}${more}`;
}

const SHORT_MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(object: KubeObject): string {
  if (textOr(at(object, 'spec', 'volumeName')) === '') return '';
  return listOr(at(object, 'status', 'accessModes'))
    .map((mode) => SHORT_MODES[String(mode)] ?? String(mode))
    .join(',');
}

function quotaText(object: KubeObject, limits: boolean): string {
  const hard = objectOr(at(object, 'status', 'hard'));
  const used = objectOr(at(object, 'status', 'used'));
  return Object.keys(hard)
    .sort()
    .filter((key) => key.startsWith('limits.') === limits)
    .map((key) => `${key}: ${String(used[key] ?? 0)}/${String(hard[key])}`)
    .join(', ');
}

function phase(object: KubeObject): string {
  return textOr(at(object, 'status', 'phase'));
}

export const CORE_COLUMNS: Record<string, Column[]> = {
  events: [
    text('Last Seen', lastSeen),
    text('Type', (object) => textOr(object.type)),
    text('Reason', (object) => textOr(object.reason)),
    text(
      'Object',
      (object) =>
        `${textOr(at(object, 'involvedObject', 'kind')).toLowerCase()}/${textOr(at(object, 'involvedObject', 'name'))}`,
    ),
    text('Subobject', (object) => textOr(at(object, 'involvedObject', 'fieldPath')), true),
    text('Source', sourceText, true),
    text('Message', (object) => textOr(object.message).trim()),
    text('First Seen', (object, now) => ageOf(object.firstTimestamp ?? object.eventTime, now), true),
    text('Count', (object) => numberOr(object.count, 1), true),
    { ...NAME, wide: true },
  ],
  services: [
    NAME,
    text('Type', (object) => textOr(at(object, 'spec', 'type'))),
    text('Cluster-IP', (object) => textOr(at(object, 'spec', 'clusterIP'), '<none>')),
    text('External-IP', externalIp),
    text('Port(s)', servicePorts),
    AGE,
    text('Selector', (object) => labelsText(at(object, 'spec', 'selector')), true),
  ],
  endpoints: [NAME, text('Endpoints', endpointsText), AGE],
  configmaps: [NAME, text('Data', (object) => keys(object, 'data', 'binaryData')), AGE],
  secrets: [
    NAME,
    text('Type', (object) => textOr(object.type)),
    text('Data', (object) => keys(object, 'data')),
    AGE,
  ],
  serviceaccounts: [NAME, text('Secrets', (object) => listOr(object.secrets).length), AGE],
  namespaces: [NAME, text('Status', phase), AGE],
  persistentvolumeclaims: [
    NAME,
    text('Status', (object) =>
      object.metadata.deletionTimestamp === undefined ? phase(object) : 'Terminating',
    ),
    text('Volume', (object) => textOr(at(object, 'spec', 'volumeName'))),
    text('Capacity', (object) =>
      textOr(at(object, 'spec', 'volumeName')) === ''
        ? ''
        : textOr(at(object, 'status', 'capacity', 'storage')),
    ),
    text('Access Modes', accessModes),
    text('StorageClass', (object) => textOr(at(object, 'spec', 'storageClassName'))),
    text('VolumeAttributesClass', (object) =>
      textOr(at(object, 'spec', 'volumeAttributesClassName'), '<unset>'),
    ),
    AGE,
    text('VolumeMode', (object) => textOr(at(object, 'spec', 'volumeMode'), '<unset>'), true),
  ],
  resourcequotas: [
    NAME,
    text('Request', (object) => quotaText(object, false)),
    text('Limit', (object) => quotaText(object, true)),
    AGE,
  ],
};
