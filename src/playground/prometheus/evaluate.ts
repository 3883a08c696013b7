import { QueryError } from './error.ts';
import { increase, quantileOf, type RangeSeries } from './over-time.ts';
import type { ScrapeRecorder } from './recorder.ts';
import { keyOf, type Labels, type Sample, withoutName } from './series.ts';
import type { Aggregation, BinaryOperator, LabelMatcher, Query } from './syntax.ts';

export type Value = { kind: 'scalar'; value: number } | { kind: 'vector'; samples: readonly Sample[] };

const COMPARISONS: readonly string[] = ['==', '!=', '>', '<', '>=', '<='];

function matches(labels: Labels, { label, operator, value }: LabelMatcher): boolean {
  const actual = labels[label] ?? '';
  if (operator === '=') return actual === value;
  if (operator === '!=') return actual !== value;
  const found = patternOf(value).test(actual);
  return operator === '=~' ? found : !found;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, 's');
  } catch {
    throw new QueryError(`parse error: error parsing regexp: ${JSON.stringify(text)}`);
  }
}

function selects(query: Extract<Query, { kind: 'selector' }>, labels: Labels): boolean {
  if (query.name !== undefined && labels.__name__ !== query.name) return false;
  return query.matchers.every((matcher) => matches(labels, matcher));
}

function range(
  recorder: ScrapeRecorder,
  query: Query,
  time: number,
): { series: RangeSeries[]; from: number } {
  if (query.kind !== 'selector' || query.rangeMs === undefined) {
    throw new QueryError('parse error: expected type range vector in call to function, got instant vector');
  }
  const from = time - query.rangeMs;
  const series = new Map<string, { labels: Labels; points: { at: number; value: number }[] }>();
  for (const { at, samples } of recorder.between(from, time)) {
    for (const { labels, value } of samples) {
      if (!selects(query, labels)) continue;
      const key = keyOf(labels);
      const known = series.get(key) ?? { labels, points: [] };
      known.points.push({ at, value });
      series.set(key, known);
    }
  }
  return { series: [...series.values()], from };
}

/** Evaluates a query at one moment, in ms; throws QueryError where types do not fit. */
export function evaluate(recorder: ScrapeRecorder, query: Query, time: number): Value {
  switch (query.kind) {
    case 'number':
      return { kind: 'scalar', value: query.value };
    case 'selector': {
      if (query.rangeMs !== undefined) {
        throw new QueryError(
          'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
        );
      }
      const samples = recorder.at(time)?.samples ?? [];
      return {
        kind: 'vector',
        samples: samples
          .filter(({ labels }) => selects(query, labels))
          .map(({ labels, value }) => ({ labels, value })),
      };
    }
    case 'aggregate':
      return { kind: 'vector', samples: aggregate(query, vectorOf(evaluate(recorder, query.of, time))) };
    case 'call':
      return { kind: 'vector', samples: call(recorder, query, time) };
    case 'binary':
      return combine(
        query.operator,
        query.bool,
        evaluate(recorder, query.left, time),
        evaluate(recorder, query.right, time),
      );
  }
}

function vectorOf(value: Value): readonly Sample[] {
  if (value.kind === 'vector') return value.samples;
  throw new QueryError('parse error: expected type instant vector, got scalar');
}

const AGGREGATE: Record<Aggregation, (values: readonly number[]) => number> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  count: (values) => values.length,
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

function aggregate(query: Extract<Query, { kind: 'aggregate' }>, samples: readonly Sample[]): Sample[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of samples) {
    const kept = Object.entries(withoutName(labels)).filter(
      ([name]) => query.by.includes(name) !== query.without,
    );
    const group = Object.fromEntries(kept);
    const key = keyOf(group);
    const known = groups.get(key) ?? { labels: group, values: [] };
    known.values.push(value);
    groups.set(key, known);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: AGGREGATE[query.how](values) }));
}

function call(recorder: ScrapeRecorder, query: Extract<Query, { kind: 'call' }>, time: number): Sample[] {
  const [first, second] = query.args;
  if (first === undefined) throw new QueryError('parse error: no arguments');
  if (query.name === 'histogram_quantile') {
    const quantile = evaluate(recorder, first, time);
    if (quantile.kind !== 'scalar' || second === undefined) {
      throw new QueryError('parse error: expected type scalar in call to function "histogram_quantile"');
    }
    return quantiles(quantile.value, vectorOf(evaluate(recorder, second, time)));
  }
  if (query.name === 'absent') {
    if (vectorOf(evaluate(recorder, first, time)).length > 0) return [];
    const known = first.kind === 'selector' ? first.matchers.filter(({ operator }) => operator === '=') : [];
    return [{ labels: Object.fromEntries(known.map(({ label, value }) => [label, value])), value: 1 }];
  }
  const { series, from } = range(recorder, first, time);
  return series.flatMap((one) => {
    const value = overTime(query.name, one, from, time);
    return value === undefined ? [] : [{ labels: withoutName(one.labels), value }];
  });
}

function overTime(name: string, series: RangeSeries, from: number, to: number): number | undefined {
  const values = series.points.map(({ value }) => value);
  switch (name) {
    case 'increase':
      return increase(series, from, to);
    case 'rate': {
      const grown = increase(series, from, to);
      return grown === undefined ? undefined : grown / ((to - from) / 1000);
    }
    case 'max_over_time':
      return AGGREGATE.max(values);
    case 'min_over_time':
      return AGGREGATE.min(values);
    default:
      return AGGREGATE.avg(values);
  }
}

function quantiles(quantile: number, samples: readonly Sample[]): Sample[] {
  const groups = new Map<string, { labels: Labels; buckets: { le: number; count: number }[] }>();
  for (const { labels, value } of samples) {
    const { le, ...rest } = withoutName(labels);
    if (le === undefined) continue;
    const key = keyOf(rest);
    const known = groups.get(key) ?? { labels: rest, buckets: [] };
    known.buckets.push({ le: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count: value });
    groups.set(key, known);
  }
  return [...groups.values()].map(({ labels, buckets }) => ({
    labels,
    value: quantileOf(quantile, buckets),
  }));
}

function calculate(operator: BinaryOperator, left: number, right: number): number {
  const compared = (holds: boolean) => (holds ? 1 : 0);
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '==':
      return compared(left === right);
    case '!=':
      return compared(left !== right);
    case '>':
      return compared(left > right);
    case '<':
      return compared(left < right);
    case '>=':
      return compared(left >= right);
    case '<=':
      return compared(left <= right);
  }
}

function combine(operator: BinaryOperator, bool: boolean, left: Value, right: Value): Value {
  const compares = COMPARISONS.includes(operator);
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    if (compares && !bool)
      throw new QueryError('parse error: comparisons between scalars must use BOOL modifier');
    return { kind: 'scalar', value: calculate(operator, left.value, right.value) };
  }
  /** A comparison keeps the samples it holds for, as they are; arithmetic and `bool` make new ones without a name. */
  const one = (sample: Sample, leftValue: number, rightValue: number): Sample[] => {
    const value = calculate(operator, leftValue, rightValue);
    if (compares && !bool) return value === 1 ? [sample] : [];
    return [{ labels: withoutName(sample.labels), value }];
  };
  if (right.kind === 'scalar') {
    const samples = vectorOf(left).flatMap((sample) => one(sample, sample.value, right.value));
    return { kind: 'vector', samples };
  }
  if (left.kind === 'scalar') {
    const samples = right.samples.flatMap((sample) => one(sample, left.value, sample.value));
    return { kind: 'vector', samples };
  }
  const partners = new Map(right.samples.map((sample) => [keyOf(sample.labels, false), sample]));
  const samples = left.samples.flatMap((sample) => {
    const partner = partners.get(keyOf(sample.labels, false));
    return partner === undefined ? [] : one(sample, sample.value, partner.value);
  });
  return { kind: 'vector', samples };
}
