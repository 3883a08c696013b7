/** The fields that a `patch` may change, kind by kind. What is not on this list cannot be patched. */
import type { Json } from './json.ts';
import {
  CRON_JOB,
  DAEMON_SET,
  DEPLOYMENT,
  HORIZONTAL_POD_AUTOSCALER,
  type KindRef,
  STATEFUL_SET,
} from './kinds.ts';
import type { PatchValue } from './write-operations.ts';

/** A value, a map of fields, or the containers of a pod template, each with the same fields. */
export type FieldRule =
  | { readonly is: 'value'; readonly what: string; readonly read: (value: Json) => PatchValue | undefined }
  | { readonly is: 'map'; readonly fields: { readonly [name: string]: FieldRule } }
  | { readonly is: 'containers'; readonly each: FieldRule };

const QUANTITY = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?(?:m|k|[MGTPE]|[KMGTPE]i)?$/;
const PERCENT = /^(?:0|[1-9]\d?|100)%$/;
/** Five fields of numbers, names, stars, lists, ranges and steps, or one of cron's words (robfig/cron, "CRON Expression Format"). */
const SCHEDULE =
  /^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9*?][0-9*?,/-]*(?: [0-9A-Za-z*?][0-9A-Za-z*?,/-]*){4})$/;
const TIME_ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z][A-Za-z0-9_+-]*){0,2}$/;
const MAX_INTEGER = 2_147_483_647;

/** A Kubernetes quantity in its plain forms: `500m`, `0.5`, `512Mi`, `1Gi`. */
export function isQuantity(text: string): boolean {
  return QUANTITY.test(text);
}

export const RESOURCE_NAMES = ['cpu', 'memory', 'ephemeral-storage'] as const;

const value = (what: string, read: (value: Json) => PatchValue | undefined): FieldRule => ({
  is: 'value',
  what,
  read,
});
const map = (fields: { readonly [name: string]: FieldRule }): FieldRule => ({ is: 'map', fields });

const integer =
  (min: number, max = MAX_INTEGER) =>
  (given: Json) =>
    // -0 is 0.
    typeof given === 'number' && Number.isInteger(given) && given >= min && given <= max
      ? given + 0
      : undefined;
const matching = (pattern: RegExp) => (given: Json) =>
  typeof given === 'string' && given.length <= 100 && pattern.test(given) ? given : undefined;
const among = (words: readonly string[]) => (given: Json) => words.find((word) => word === given);
/** Null takes the field away: the API server then puts its default. */
const orNull = (read: (given: Json) => PatchValue | undefined) => (given: Json) =>
  given === null ? null : read(given);

const number = value('a whole number', orNull(integer(0)));
const portion = value(
  'a whole number or a percentage such as 25%',
  orNull((given) => integer(0)(given) ?? matching(PERCENT)(given)),
);
const quantity = value(
  'a quantity such as 500m or 512Mi',
  orNull((given) => {
    // The API server writes numbers as text, too.
    const text = typeof given === 'number' ? String(given) : given;
    return typeof text === 'string' && isQuantity(text) ? text : undefined;
  }),
);

const quantities = map(Object.fromEntries(RESOURCE_NAMES.map((name) => [name, quantity])));
const probe = map({
  initialDelaySeconds: number,
  periodSeconds: number,
  timeoutSeconds: number,
  successThreshold: number,
  failureThreshold: number,
});
const podTemplate = map({
  spec: map({
    terminationGracePeriodSeconds: number,
    containers: {
      is: 'containers',
      each: map({
        resources: map({ limits: quantities, requests: quantities }),
        livenessProbe: probe,
        readinessProbe: probe,
        startupProbe: probe,
      }),
    },
  }),
});
const replicas = value('a whole number from 0 to 10000', integer(0, 10_000));
const scaling = map({
  stabilizationWindowSeconds: number,
  selectPolicy: value('Max, Min or Disabled', orNull(among(['Max', 'Min', 'Disabled']))),
});
const workload = { minReadySeconds: number, revisionHistoryLimit: number, template: podTemplate };

const FIELDS: readonly (readonly [KindRef, FieldRule])[] = [
  [
    DEPLOYMENT,
    map({
      spec: map({
        ...workload,
        replicas,
        paused: value('true or false', (given) => (typeof given === 'boolean' ? given : undefined)),
        progressDeadlineSeconds: number,
        strategy: map({ rollingUpdate: map({ maxSurge: portion, maxUnavailable: portion }) }),
      }),
    }),
  ],
  [
    STATEFUL_SET,
    map({
      spec: map({
        ...workload,
        replicas,
        updateStrategy: map({ rollingUpdate: map({ partition: number, maxUnavailable: portion }) }),
      }),
    }),
  ],
  [
    DAEMON_SET,
    map({
      spec: map({
        ...workload,
        updateStrategy: map({ rollingUpdate: map({ maxSurge: portion, maxUnavailable: portion }) }),
      }),
    }),
  ],
  [
    HORIZONTAL_POD_AUTOSCALER,
    map({
      spec: map({
        minReplicas: value('a whole number from 0 to 10000', orNull(integer(0, 10_000))),
        maxReplicas: replicas,
        behavior: map({ scaleUp: scaling, scaleDown: scaling }),
      }),
    }),
  ],
  [
    CRON_JOB,
    map({
      spec: map({
        suspend: value(
          'true, false or null',
          orNull((given) => (typeof given === 'boolean' ? given : undefined)),
        ),
        schedule: value('a cron schedule such as "*/10 * * * *"', matching(SCHEDULE)),
        timeZone: value('an IANA time zone', orNull(matching(TIME_ZONE))),
        concurrencyPolicy: value('Allow, Forbid or Replace', orNull(among(['Allow', 'Forbid', 'Replace']))),
        startingDeadlineSeconds: number,
        successfulJobsHistoryLimit: number,
        failedJobsHistoryLimit: number,
        jobTemplate: map({
          spec: map({
            activeDeadlineSeconds: number,
            backoffLimit: number,
            ttlSecondsAfterFinished: number,
            template: podTemplate,
          }),
        }),
      }),
    }),
  ],
];
const BY_RESOURCE: ReadonlyMap<string, FieldRule> = new Map(
  FIELDS.map(([kind, rule]) => [kind.resource, rule]),
);

/** What of a kind may be patched; undefined where nothing may. */
export function patchableFields(kind: KindRef): FieldRule | undefined {
  return BY_RESOURCE.get(kind.resource);
}
