import type { Labels } from './alert.ts';
import { matchesOne } from './matcher.ts';
import { patternFault } from './pattern.ts';
import type { Matcher } from './runbook.ts';

/** One silence of an Alertmanager, times ISO 8601 in UTC. */
export type Silence = {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: string;
  readonly endsAt: string;
};

/** Programs write silences too, with lists of instances that no person would type. */
const LONGEST_PATTERN = 8_192;

/**
 * The silence that covers these labels: all its matchers hold, where a missing label counts as the empty text, as
 * Alertmanager has it. Of several the one that ends last, for that long nothing is sent; null when there is none.
 */
export function silenceOf(labels: Labels, silences: readonly Silence[]): Silence | null {
  return silences
    .filter(({ matchers }) => covers(matchers, labels))
    .reduce<Silence | null>(
      (last, silence) =>
        last === null || Date.parse(silence.endsAt) > Date.parse(last.endsAt) ? silence : last,
      null,
    );
}

function covers(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.length > 0 && matchers.every((matcher) => readable(matcher) && matchesOne(matcher, labels));
}

/** A pattern that we cannot read fits nothing: with `!~` that would be everything. */
function readable({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
    case '!=':
      return true;
    case '=~':
      return value.length <= LONGEST_PATTERN;
    case '!~':
      return patternFault(value, LONGEST_PATTERN) === null;
  }
}
