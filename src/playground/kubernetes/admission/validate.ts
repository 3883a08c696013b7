import { at, canonical, isObject, type JsonObject, listOr, objectOr, sameJson, textOr } from '../json.ts';
import type { Resource } from '../resources.ts';
import { type Cause, invalid } from '../status.ts';

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
export const DNS_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const QUALIFIED_NAME =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const CONFIG_KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const MAX_DATA_BYTES = 1_048_576;
const MAX_ANNOTATION_BYTES = 262_144;

function bad(field: string, value: unknown, message: string): Cause {
  const shown = typeof value === 'string' ? JSON.stringify(value) : canonical(value);
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${message}`, field };
}

function required(field: string, message?: string): Cause {
  const text = message === undefined ? 'Required value' : `Required value: ${message}`;
  return { reason: 'FieldValueRequired', message: text, field };
}

function tooLong(field: string, limit: number): Cause {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes`, field };
}

function metadataCauses(resource: Resource, object: JsonObject): Cause[] {
  const metadata = objectOr(object.metadata);
  const name = textOr(metadata.name);
  const causes: Cause[] = [];
  if (name === '' && textOr(metadata.generateName) === '') {
    return [required('metadata.name', 'name or generateName is required')];
  }
  const limit = resource.plural === 'services' || resource.plural === 'namespaces' ? 63 : 253;
  const free = resource.group === 'rbac.authorization.k8s.io' || resource.plural === 'events';
  if (name.length > limit) {
    causes.push(bad('metadata.name', name, `must be no more than ${limit} characters`));
  }
  if (
    !free &&
    name !== '' &&
    !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
  ) {
    causes.push(bad('metadata.name', name, SUBDOMAIN));
  }
  for (const [, value] of Object.entries(objectOr(metadata.labels))) {
    const label = textOr(value);
    if (label.length > 63) causes.push(bad('metadata.labels', label, 'must be no more than 63 bytes'));
    else if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(label)) {
      causes.push(bad('metadata.labels', label, LABEL_VALUE));
    }
  }
  const annotations = objectOr(metadata.annotations);
  for (const key of Object.keys(annotations)) {
    const part = key.includes('/') ? key.slice(key.indexOf('/') + 1) : key;
    if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(part)) {
      causes.push(bad('metadata.annotations', key, QUALIFIED_NAME));
    }
  }
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + key.length + textOr(value).length,
    0,
  );
  if (bytes > MAX_ANNOTATION_BYTES) causes.push(tooLong('metadata.annotations', MAX_ANNOTATION_BYTES));
  return causes;
}

function containerCauses(spec: unknown, path: string): Cause[] {
  if (listOr(at(spec, 'containers')).length === 0) return [required(`${path}.containers`)];
  return listOr(at(spec, 'containers')).flatMap((container, index) => {
    const field = `${path}.containers[${index}]`;
    const causes: Cause[] = [];
    const name = textOr(at(container, 'name'));
    if (name === '') causes.push(required(`${field}.name`));
    else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))
      causes.push(bad(`${field}.name`, name, DNS_LABEL));
    if (textOr(at(container, 'image')) === '') causes.push(required(`${field}.image`));
    return [...causes, ...resourceCauses(container, field)];
  });
}

/** A quantity of CPU or memory as a plain number, NaN when it cannot be read. */
export function quantity(text: unknown): number {
  const match = /^([0-9.]+)(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/.exec(String(text));
  const units: Record<string, number> = {
    m: 1e-3,
    k: 1e3,
    Ki: 2 ** 10,
    M: 1e6,
    Mi: 2 ** 20,
    G: 1e9,
    Gi: 2 ** 30,
    T: 1e12,
    Ti: 2 ** 40,
  };
  return match === null ? Number.NaN : Number(match[1]) * (units[match[2] ?? ''] ?? 1);
}

function resourceCauses(container: unknown, field: string): Cause[] {
  const limits = objectOr(at(container, 'resources', 'limits'));
  return Object.entries(objectOr(at(container, 'resources', 'requests'))).flatMap(([name, value]) => {
    const limit = limits[name];
    if (limit === undefined || quantity(value) <= quantity(limit)) return [];
    const message = `must be less than or equal to ${name} limit of ${String(limit)}`;
    return [bad(`${field}.resources.requests`, value, message)];
  });
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

function podCauses(object: JsonObject): Cause[] {
  const policy = textOr(at(object, 'spec', 'restartPolicy'), 'Always');
  const supported = RESTART_POLICIES.map((one) => `"${one}"`).join(', ');
  const causes = containerCauses(object.spec, 'spec');
  if (!RESTART_POLICIES.includes(policy)) {
    const message = `Unsupported value: "${policy}": supported values: ${supported}`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: 'spec.restartPolicy' });
  }
  return causes;
}

function workloadCauses(object: JsonObject, before: JsonObject | undefined): Cause[] {
  const causes: Cause[] = [];
  const spec = objectOr(object.spec);
  const replicas = spec.replicas;
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(bad('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const labels = objectOr(at(spec, 'template', 'metadata', 'labels'));
  if (!isObject(spec.selector)) causes.push(required('spec.selector'));
  const wanted = Object.entries(objectOr(at(spec, 'selector', 'matchLabels')));
  if (!wanted.every(([key, value]) => labels[key] === value)) {
    causes.push(bad('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  causes.push(...containerCauses(at(spec, 'template', 'spec'), 'spec.template.spec'));
  if (before !== undefined && !sameJson(at(before, 'spec', 'selector'), spec.selector)) {
    causes.push(bad('spec.selector', spec.selector, 'field is immutable'));
  }
  return causes;
}

function serviceCauses(object: JsonObject): Cause[] {
  return listOr(at(object, 'spec', 'ports')).flatMap((port, index) =>
    ['port', 'targetPort'].flatMap((key) => {
      const value = at(port, key);
      const wrong = typeof value === 'number' && (value < 1 || value > 65535);
      return wrong
        ? [bad(`spec.ports[${index}].${key}`, value, 'must be between 1 and 65535, inclusive')]
        : [];
    }),
  );
}

function dataCauses(object: JsonObject): Cause[] {
  const data = Object.entries(objectOr(object.data));
  const causes = data
    .filter(([key]) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map(([key]) => bad(`data[${key}]`, key, CONFIG_KEY));
  const bytes = data.reduce((sum, [, value]) => sum + textOr(value).length, 0);
  return bytes > MAX_DATA_BYTES ? [...causes, tooLong('[]', MAX_DATA_BYTES)] : causes;
}

function autoscalerCauses(object: JsonObject): Cause[] {
  const minimum = at(object, 'spec', 'minReplicas');
  const maximum = at(object, 'spec', 'maxReplicas');
  return typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum
    ? [bad('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`')]
    : [];
}

function specCauses(resource: Resource, object: JsonObject, before: JsonObject | undefined): Cause[] {
  switch (resource.storage) {
    case 'pods':
      return podCauses(object);
    case 'deployments':
    case 'replicasets':
    case 'statefulsets':
    case 'daemonsets':
      return workloadCauses(object, before);
    case 'services':
      return serviceCauses(object);
    case 'configmaps':
    case 'secrets':
      return dataCauses(object);
    case 'horizontalpodautoscalers':
      return autoscalerCauses(object);
    default:
      return [];
  }
}

/** Refuses an object that the API server would call invalid, with every cause it finds, as 422. */
export function validate(resource: Resource, object: JsonObject, before?: JsonObject): void {
  const causes = [...metadataCauses(resource, object), ...specCauses(resource, object, before)];
  if (causes.length === 0) return;
  const name = textOr(at(object, 'metadata', 'name'));
  throw invalid(resource.kind, resource.group, name, causes);
}
