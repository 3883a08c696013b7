import type { Metrics, MetricsAnswer } from '../core/ports/metrics.ts';
import { redactText } from '../core/redact.ts';
import type { MetricsSettings } from '../core/settings.ts';
import { readInstant } from './answer.ts';
import { get, type HttpEnd } from './http.ts';

/** An instant query's answer is a few samples; whoever sends more was asked for something else. */
const ANSWER_BYTES = 1024 * 1024;
/** Servers and the proxies before them take request lines of about 8 KiB. */
const LONGEST_QUERY = 4096;

/**
 * Instant queries, one GET each, of a server with Prometheus' HTTP API
 * (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries). Follows no redirect, reads at most a
 * MiB, and never tries again: who asks decides what no answer means.
 */
export function prometheusMetrics(cluster: string, settings: MetricsSettings): Metrics {
  const failed = (says: string): MetricsAnswer => ({ status: 'failed', says: redactText(says) });
  return {
    async query(expression, within) {
      if (expression.length > LONGEST_QUERY)
        return failed(`The query for ${cluster} is longer than ${LONGEST_QUERY} characters.`);
      const url = new URL(`${settings.url.replace(/\/+$/, '')}/api/v1/query`);
      url.searchParams.set('query', expression);
      const end = await get(url, { token: settings.token, responseBytes: ANSWER_BYTES, ...within });
      if (end.status === 'failed') return failed(`The Prometheus of ${cluster} ${reason(end)}`);
      return readInstant(cluster, end.code, end.body);
    },
  };
}

function reason({ why, detail }: Extract<HttpEnd, { status: 'failed' }>): string {
  switch (why) {
    case 'timeout':
      return 'did not answer in time.';
    case 'stopped':
      return 'was not asked to the end: this was stopped.';
    case 'too_large':
      return 'answered more than is read: let the query sum up.';
    case 'redirect':
      return 'answered with a redirect, which is never followed. Check prometheus_url in firstmate.yaml.';
    case 'unreachable':
      return `cannot be reached (${detail}). Check prometheus_url in firstmate.yaml.`;
  }
}
