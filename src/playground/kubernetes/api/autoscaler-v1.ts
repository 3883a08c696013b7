import { at, isObject, type JsonObject, listOr, objectOr } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';

function isCpu(metric: unknown): boolean {
  return at(metric, 'resource', 'name') === 'cpu' && at(metric, 'type') === 'Resource';
}

function nonEmpty(key: string, value: unknown): JsonObject {
  return listOr(value).length === 0 ? {} : { [`${PREFIX}${key}`]: JSON.stringify(value) };
}

/**
 * A HorizontalPodAutoscaler as autoscaling/v1 shows it: the CPU target as a number, all else of v2 in annotations.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v1/
 */
export function asAutoscalerV1(object: JsonObject): JsonObject {
  const { metrics, behavior, ...spec } = objectOr(object.spec);
  const { conditions, currentMetrics, ...status } = objectOr(object.status);
  const target = at(listOr(metrics).find(isCpu), 'resource', 'target', 'averageUtilization');
  const current = at(listOr(currentMetrics).find(isCpu), 'resource', 'current', 'averageUtilization');
  const metadata = objectOr(object.metadata);
  const annotations = {
    ...objectOr(metadata.annotations),
    ...nonEmpty('conditions', conditions),
    ...nonEmpty(
      'current-metrics',
      listOr(currentMetrics).filter((metric) => !isCpu(metric)),
    ),
    ...nonEmpty(
      'metrics',
      listOr(metrics).filter((metric) => !isCpu(metric)),
    ),
    ...(isObject(behavior) ? { [`${PREFIX}behavior`]: JSON.stringify(behavior) } : {}),
  };
  return {
    ...object,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) },
  };
}

function parsedList(annotations: JsonObject, key: string): unknown[] {
  const text = annotations[`${PREFIX}${key}`];
  if (typeof text !== 'string') return [];
  try {
    return listOr(JSON.parse(text));
  } catch {
    return [];
  }
}

/** The v2 form, in which it is stored, of what a client wrote as autoscaling/v1. */
export function fromAutoscalerV1(object: JsonObject): JsonObject {
  const { targetCPUUtilizationPercentage: averageUtilization, ...spec } = objectOr(object.spec);
  const metadata = objectOr(object.metadata);
  const annotations = objectOr(metadata.annotations);
  const others = Object.entries(annotations).filter(([key]) => !key.startsWith(PREFIX));
  const cpu =
    averageUtilization === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
          },
        ];
  const { annotations: _, ...rest } = metadata;
  return {
    ...object,
    metadata: { ...rest, ...(others.length === 0 ? {} : { annotations: Object.fromEntries(others) }) },
    spec: { ...spec, metrics: [...cpu, ...parsedList(annotations, 'metrics')] },
  };
}

/** What a client wrote in some version of an API, in the version in which it is stored. */
export function asStored(resource: Resource, object: JsonObject): JsonObject {
  return apiVersionOf(resource) === 'autoscaling/v1' ? fromAutoscalerV1(object) : object;
}
