import { Refused } from './refusal.ts';
import type { Word } from './tokenise.ts';

/** Reads one value; the refusal points at the word that holds it. @throws Refused */
export type ValueReader<T> = (text: string, word: Word) => T;

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const INTEGER = /^(?:0|[1-9]\d{0,8})$/;
const DURATION = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

export function bad(says: string, word: Word): Refused {
  return new Refused('bad_value', says, word.column);
}

/** RFC 1123 label, 63 characters: namespaces and containers. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** RFC 1123 subdomain, 253 characters: the names of nearly all objects. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && DNS_SUBDOMAIN.test(text);
}

export const namespaceValue: ValueReader<string> = (text, word) => {
  if (!isDnsLabel(text)) throw bad(`"${text}" is not the name of a namespace`, word);
  return text;
};

export const nameValue: ValueReader<string> = (text, word) => {
  if (!isDnsSubdomain(text)) throw bad(`"${text}" is not the name of an object`, word);
  return text;
};

export const containerValue: ValueReader<string> = (text, word) => {
  if (!isDnsLabel(text)) throw bad(`"${text}" is not the name of a container`, word);
  return text;
};

export function isInteger(text: string): boolean {
  return INTEGER.test(text);
}

/** Decimal without sign or leading zeros: kubectl would read `010` as eight. */
export function integerValue(min: number, max: number): ValueReader<number> {
  return (text, word) => {
    const value = isInteger(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw bad(`"${text}" is not a whole number from ${min} to ${max}`, word);
    return value;
  };
}

/** Whole hours, minutes and seconds (`1h30m`, `90s`), in seconds. */
export function durationValue(maxSeconds: number): ValueReader<number> {
  return (text, word) => {
    const match = text === '' ? null : DURATION.exec(text);
    const [hours, minutes, seconds] = [match?.[1], match?.[2], match?.[3]].map((part) => Number(part ?? 0));
    const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
    if (match === null || total < 1 || total > maxSeconds) {
      throw bad(`"${text}" is not a time from 1s to ${maxSeconds}s such as 90s or 1h30m`, word);
    }
    return total;
  };
}

export function oneOf<const T extends string>(values: readonly T[]): ValueReader<T> {
  return (text, word) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw bad(`"${text}" is not one of ${values.join(', ')}`, word);
    return found;
  };
}

/** `false` alone; the sentence says why it is not true. */
export function falseOr(says: string): ValueReader<false> {
  return (text, word) => {
    if (text === 'false') return false;
    throw bad(says, word);
  };
}
