/** Careful looks into objects of unknown shape: what is missing or of another type reads as empty, never throws. */

export function field(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined;
    inner = Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined;
  }
  return inner;
}

export function text(value: unknown, ...path: readonly string[]): string {
  const found = field(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A whole number, or `otherwise`. */
export function integer(value: unknown, path: readonly string[], otherwise = 0): number {
  const found = field(value, ...path);
  return typeof found === 'number' && Number.isInteger(found) ? found : otherwise;
}

export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The members of an object as pairs; none when it is no object. */
export function members(value: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = field(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}

export function condition(object: unknown, type: string): unknown {
  return list(object, 'status', 'conditions').find((one) => text(one, 'type') === type);
}

export function conditionIs(object: unknown, type: string, status: 'True' | 'False' | 'Unknown'): boolean {
  return text(condition(object, type), 'status') === status;
}

/** Whole seconds from a time to now; 0 for a time that is missing, unreadable or ahead of now. */
export function secondsSince(time: string | undefined, now: Date): number {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? 0 : Math.max(0, Math.floor((now.getTime() - at) / 1000));
}
