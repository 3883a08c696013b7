import { QueryError } from './error.ts';
import { evaluate, type Value } from './evaluate.ts';
import { parseQuery } from './parse.ts';
import type { ScrapeRecorder } from './recorder.ts';
import { keyOf, type Labels } from './series.ts';
import { durationMs } from './tokens.ts';

export type PrometheusAnswer = { status: number; body: unknown };

const MAX_POINTS = 11_000;

function written(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function point(ms: number, value: number): [number, string] {
  return [ms / 1000, written(value)];
}

/** A time in seconds since the epoch or in RFC 3339, in ms. */
function timeOf(params: URLSearchParams, name: string, fallback?: number): number {
  const text = params.get(name);
  if ((text === null || text === '') && fallback !== undefined) return fallback;
  const number = Number(text);
  const ms = text !== null && text !== '' && Number.isFinite(number) ? number * 1000 : Date.parse(text ?? '');
  if (Number.isNaN(ms)) {
    throw new QueryError(`invalid parameter "${name}": cannot parse "${text ?? ''}" to a valid timestamp`);
  }
  return ms;
}

function stepOf(params: URLSearchParams): number {
  const text = params.get('step') ?? '';
  const ms = /^[\d.]+$/.test(text) ? Number(text) * 1000 : durationMs(text);
  if (!(ms > 0)) {
    throw new QueryError(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  return ms;
}

function parsed(params: URLSearchParams): ReturnType<typeof parseQuery> {
  try {
    return parseQuery(params.get('query') ?? '');
  } catch (error) {
    if (error instanceof QueryError) throw new QueryError(`invalid parameter "query": ${error.message}`);
    throw error;
  }
}

function instant(value: Value, time: number): object {
  if (value.kind === 'scalar') return { resultType: 'scalar', result: point(time, value.value) };
  const result = value.samples.map((sample) => ({ metric: sample.labels, value: point(time, sample.value) }));
  return { resultType: 'vector', result };
}

function overRange(recorder: ScrapeRecorder, params: URLSearchParams): object {
  const query = parsed(params);
  const start = timeOf(params, 'start');
  const end = timeOf(params, 'end');
  const step = stepOf(params);
  if (end < start)
    throw new QueryError('invalid parameter "end": end timestamp must not be before start time');
  if ((end - start) / step > MAX_POINTS) {
    throw new QueryError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const series = new Map<string, { metric: Labels; values: [number, string][] }>();
  for (let time = start; time <= end; time += step) {
    const value = evaluate(recorder, query, time);
    const samples = value.kind === 'vector' ? value.samples : [{ labels: {}, value: value.value }];
    for (const { labels, value: number } of samples) {
      const key = keyOf(labels);
      const known = series.get(key) ?? { metric: labels, values: [] };
      known.values.push(point(time, number));
      series.set(key, known);
    }
  }
  return { resultType: 'matrix', result: [...series.values()] };
}

function labelNames(recorder: ScrapeRecorder, now: number): string[] {
  const samples = recorder.at(now)?.samples ?? [];
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort();
}

function labelValues(recorder: ScrapeRecorder, now: number, name: string): string[] {
  const samples = recorder.at(now)?.samples ?? [];
  return [...new Set(samples.flatMap(({ labels }) => labels[name] ?? []))].sort();
}

/**
 * Answers a path of Prometheus' HTTP API, whose parameters come in the URL or in a form alike; undefined for a path
 * that is not there. https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function answerPrometheus(
  recorder: ScrapeRecorder,
  now: number,
  path: string,
  params: URLSearchParams,
): PrometheusAnswer | undefined {
  try {
    const data = dataOf(recorder, now, path, params);
    return data === undefined ? undefined : { status: 200, body: { status: 'success', data } };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { status: 400, body: { status: 'error', errorType: 'bad_data', error: error.message } };
  }
}

function dataOf(recorder: ScrapeRecorder, now: number, path: string, params: URLSearchParams): unknown {
  const values = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path)?.[1];
  if (values !== undefined) return labelValues(recorder, now, values);
  switch (path) {
    case '/api/v1/query': {
      const query = parsed(params);
      const time = timeOf(params, 'time', now);
      return instant(evaluate(recorder, query, time), time);
    }
    case '/api/v1/query_range':
      return overRange(recorder, params);
    case '/api/v1/labels':
      return labelNames(recorder, now);
    default:
      return undefined;
  }
}
