import { isObject, numberOr, textOr } from './json.ts';

/** What goes wrong with a request instead of, or around, its normal answer. */
export type FaultKind =
  | { kind: 'status'; status: number; retryAfter: number | undefined }
  | { kind: 'error'; message: string }
  | { kind: 'reset_before_apply' }
  | { kind: 'reset_after_apply' }
  | { kind: 'slow'; ms: number };

export type Fault = { method: string | undefined; path: string | undefined; times: number; what: FaultKind };

export type Faults = {
  add(description: unknown): Fault;
  /** The fault for a request, counted as used; undefined when none applies. */
  take(method: string, path: string): FaultKind | undefined;
};

function kindOf(value: Record<string, unknown>): FaultKind | undefined {
  const retryAfter = typeof value.retryAfter === 'number' ? value.retryAfter : undefined;
  if (typeof value.status === 'number') return { kind: 'status', status: value.status, retryAfter };
  if (value.reset_before_apply === true) return { kind: 'reset_before_apply' };
  if (value.reset_after_apply === true) return { kind: 'reset_after_apply' };
  if (typeof value.slow === 'number') return { kind: 'slow', ms: value.slow };
  switch (value.error) {
    case undefined:
      return undefined;
    case 'reset_before_apply':
      return { kind: 'reset_before_apply' };
    case 'reset_after_apply':
      return { kind: 'reset_after_apply' };
    default:
      return { kind: 'error', message: textOr(value.error) };
  }
}

const USAGE =
  'a fault needs one of: status (a number), error (a text), reset_before_apply (true), reset_after_apply (true), slow (ms)';

/** Faults asked for by tests and demos, each used up after `times` requests (1 by default). */
export function createFaults(): Faults {
  const waiting: Fault[] = [];
  return {
    add: (description) => {
      const value = isObject(description) ? description : {};
      const what = kindOf(value);
      if (what === undefined) throw new Error(USAGE);
      const fault: Fault = {
        method: typeof value.method === 'string' ? value.method.toUpperCase() : undefined,
        path: typeof value.path === 'string' ? value.path : undefined,
        times: numberOr(value.times, 1),
        what,
      };
      waiting.push(fault);
      return fault;
    },
    take: (method, path) => {
      const fault = waiting.find(
        (one) =>
          one.times > 0 &&
          (one.method === undefined || one.method === method) &&
          (one.path === undefined || path.includes(one.path)),
      );
      if (fault === undefined) return undefined;
      fault.times -= 1;
      return fault.what;
    },
  };
}
