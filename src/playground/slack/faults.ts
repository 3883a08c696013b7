import type { DeliveryFault, DeliveryType } from './delivery/delivery.ts';
import { isObject, type JsonObject } from './json.ts';

/**
 * What goes wrong with the next calls of a method (`*`: of any). An HTTP status, an error code, a connection
 * cut before or after the call took effect, or a delay in milliseconds, alone or before one of the others.
 */
export type Fault = {
  method: string;
  status?: number;
  error?: string;
  reset_before_apply?: boolean;
  reset_after_apply?: boolean;
  slow?: number;
  /** Seconds for the Retry-After header, where one is sent; 1 by default. */
  retryAfter?: number;
  /** How many calls it hits; 1 by default. */
  times?: number;
};

/**
 * What goes wrong on the way to the app with the next deliveries of a type (`*`: of any): it comes twice, after
 * the next one, or over a connection that is cut before it arrives or before its acknowledgement does.
 */
export type FaultOfDelivery = {
  delivery: DeliveryType | '*';
  fault: DeliveryFault;
  /** How many deliveries it hits; 1 by default. */
  times?: number;
};

export type AnyFault = Fault | FaultOfDelivery;

export type Faults = {
  add(fault: AnyFault): void;
  clear(): void;
  /** The fault for this call, if one is due; it is used up by asking. */
  take(method: string): Fault | undefined;
  /** The same for a payload on its way to the app. */
  takeOfDelivery(type: DeliveryType): DeliveryFault | undefined;
  list(): readonly AnyFault[];
};

export function createFaults(): Faults {
  let faults: (AnyFault & { times: number })[] = [];
  const use = (fault: AnyFault & { times: number }): void => {
    fault.times -= 1;
    if (fault.times <= 0) faults = faults.filter((one) => one !== fault);
  };
  return {
    add: (fault) => faults.push({ ...fault, times: fault.times ?? 1 }),
    clear: () => {
      faults = [];
    },
    take: (method) => {
      for (const fault of faults) {
        if (!('method' in fault) || (fault.method !== method && fault.method !== '*')) continue;
        use(fault);
        return fault;
      }
      return undefined;
    },
    takeOfDelivery: (type) => {
      for (const fault of faults) {
        if (!('delivery' in fault) || (fault.delivery !== type && fault.delivery !== '*')) continue;
        use(fault);
        return fault.fault;
      }
      return undefined;
    },
    list: () => faults,
  };
}

/**
 * Reads `{method, status|error|reset_before_apply|reset_after_apply|slow, retryAfter, times}`, or
 * `{delivery, duplicate|out_of_order|reset_before_apply|reset_after_apply, times}`.
 * @returns the fault, or a sentence on what is wrong with it
 */
export function parseFault(value: unknown): AnyFault | string {
  if (!isObject(value)) return 'a fault is a JSON object';
  return value.delivery === undefined ? parseFaultOfMethod(value) : parseFaultOfDelivery(value);
}

function parseFaultOfDelivery(value: JsonObject): FaultOfDelivery | string {
  const { times } = value;
  const delivery = (['interactive', 'slash_commands', 'events_api', '*'] as const).find(
    (type) => type === value.delivery,
  );
  if (delivery === undefined) {
    return '`delivery` is `interactive`, `slash_commands`, `events_api` or `*`';
  }
  const fault = (['duplicate', 'out_of_order', 'reset_before_apply', 'reset_after_apply'] as const).find(
    (kind) => value[kind] === true,
  );
  if (fault === undefined) {
    return 'say how: `duplicate`, `out_of_order`, `reset_before_apply` or `reset_after_apply`';
  }
  if (times !== undefined && !isCount(times, 1, 1_000_000)) return '`times` is a number from 1';
  return { delivery, fault, ...(times === undefined ? {} : { times }) };
}

function parseFaultOfMethod(value: JsonObject): Fault | string {
  const { method, status, error, slow, retryAfter, times } = value;
  if (typeof method !== 'string' || method === '') return 'say which `method` is to fail, or `*`';
  const before = value.reset_before_apply === true;
  const after = value.reset_after_apply === true;
  if (status === undefined && error === undefined && slow === undefined && !before && !after) {
    return 'say how: `status`, `error`, `reset_before_apply`, `reset_after_apply` or `slow` (milliseconds)';
  }
  if (status !== undefined && !isCount(status, 200, 599)) return '`status` is an HTTP status';
  if (error !== undefined && typeof error !== 'string') return '`error` is one of Slack’s error codes';
  if (slow !== undefined && !isCount(slow, 1, 600_000)) return '`slow` is a number of milliseconds';
  if (times !== undefined && !isCount(times, 1, 1_000_000)) return '`times` is a number from 1';
  if (retryAfter !== undefined && !isCount(retryAfter, 0, 3600)) return '`retryAfter` is a number of seconds';
  return {
    method,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    ...(before ? { reset_before_apply: true } : {}),
    ...(after ? { reset_after_apply: true } : {}),
    ...(slow === undefined ? {} : { slow }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(times === undefined ? {} : { times }),
  };
}

function isCount(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
