import { isObject, type JsonObject, parseJson } from './json.ts';

/** The arguments of one Web API call. Forms carry text only, so numbers, flags and JSON come as text too. */
export type Args = {
  readonly all: JsonObject;
  /** The text, '' when absent. */
  text(name: string): string;
  has(name: string): boolean;
  flag(name: string, fallback?: boolean): boolean;
  /** A whole number; the fallback when absent; undefined when it is not one. */
  count(name: string, fallback: number): number | undefined;
  /** The value of a JSON argument, parsed when it came as text; undefined when absent or not JSON. */
  json(name: string): unknown;
  /** A JSON argument that has to be an object. */
  object(name: string): JsonObject | undefined;
};

export function argsOf(all: JsonObject): Args {
  const text = (name: string): string => {
    const value = all[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  };
  const json = (name: string): unknown => {
    const value = all[name];
    return typeof value === 'string' ? parseJson(value) : value;
  };
  return {
    all,
    text,
    has: (name) => all[name] !== undefined && all[name] !== null && all[name] !== '',
    flag: (name, fallback = false) => {
      const value = text(name);
      return value === '' ? fallback : value === 'true' || value === '1';
    },
    count: (name, fallback) => {
      const value = text(name);
      if (value === '') return fallback;
      return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
    },
    json,
    object: (name) => {
      const value = json(name);
      return isObject(value) ? value : undefined;
    },
  };
}
