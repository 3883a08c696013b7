import { field, list, members, text } from '../core/facts/fields.ts';
import type { Json } from '../core/json.ts';
import type { MetricsAnswer, Sample } from '../core/ports/metrics.ts';
import { redactText } from '../core/redact.ts';

const MOST_WORDS = 300;

/** An instant query's answer; a part of one (Thanos and others answer what they could reach, with warnings) is none. */
export function readInstant(cluster: string, code: number, body: string): MetricsAnswer {
  const server = `The Prometheus of ${cluster}`;
  const failed = (says: string): MetricsAnswer => ({ status: 'failed', says });
  if (code === 401 || code === 403) {
    return failed(
      `${server} does not let firstmate ask (${code}). Check prometheus_token_env in firstmate.yaml.`,
    );
  }
  const answer = parsed(body);
  if (answer === undefined)
    return failed(`${server} answered something that is no answer to a query (${code}).`);
  if (code !== 200 || text(answer, 'status') !== 'success') {
    return failed(`${server} would not answer the query (${code}): ${words(text(answer, 'error'))}`);
  }
  const warnings = list(answer, 'warnings').map(String);
  if (warnings.length > 0) return failed(`${server} answered with a warning: ${words(warnings.join('; '))}`);
  const samples = samplesOf(answer);
  return samples === null
    ? failed(`${server} answered no numbers. The query has to give an instant vector or a scalar.`)
    : { status: 'ok', samples };
}

function samplesOf(answer: unknown): readonly Sample[] | null {
  const data = field(answer, 'data');
  switch (text(data, 'resultType')) {
    case 'scalar':
      return [{ labels: {}, value: numberOf(list(data, 'result')[1]) }];
    case 'vector':
      return list(data, 'result').map((series) => ({
        labels: Object.fromEntries(members(series, 'metric').map(([name, value]) => [name, String(value)])),
        value: numberOf(list(series, 'value')[1]),
      }));
    default:
      return null;
  }
}

/** Prometheus writes numbers as texts: `0.99`, `NaN`, `+Inf`. */
function numberOf(value: unknown): number {
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  const infinite = /^([+-]?)Inf$/.exec(value);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(value);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

function words(said: string): string {
  const plain = redactText(said).replaceAll(/\s+/g, ' ').trim();
  return plain.length > MOST_WORDS ? `${plain.slice(0, MOST_WORDS)} …` : plain;
}
