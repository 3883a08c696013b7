import { firstMissing, reviewedValue, sameJson } from '../../core/diff.ts';
import { canonicalJson, type Json, type JsonObject, sha256 } from '../../core/json.ts';
import { redactJson } from '../../core/redact.ts';

const LONGEST_PLAIN = 500;

/**
 * The fields that a plan is bound to, by JSON Pointer. Short ones stand as they are; long ones, and those that hold
 * what looks like a secret, stand as the sha256 of their canonical form, which binds just as well and tells nothing.
 */
export function reviewedFields(
  live: JsonObject,
  pointers: readonly string[],
): { readonly [pointer: string]: Json } {
  return Object.fromEntries(
    pointers.map((pointer) => {
      const path = firstMissing(live, pointer);
      const value = reviewedValue(live, path);
      const text = canonicalJson(value);
      const plain = text.length <= LONGEST_PLAIN && sameJson(redactJson(value), value);
      return [path, plain ? value : sha256(text)];
    }),
  );
}

/** The first reviewed field that is no longer as it was; undefined when all hold. */
export function changedField(
  live: JsonObject,
  reviewed: { readonly [pointer: string]: Json },
): string | undefined {
  return Object.entries(reviewed).find(([pointer, was]) => {
    const is = reviewedValue(live, pointer);
    return !sameJson(is, was) && sha256(canonicalJson(is)) !== was;
  })?.[0];
}

/** `/spec/replicas` as a person reads it. */
export function fieldName(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}
