import { answerPrometheus } from '../prometheus/answer.ts';
import type { ScrapeRecorder } from '../prometheus/recorder.ts';
import { json, type Reply } from './api/reply.ts';

export const PROMETHEUS_PREFIX = '/prometheus';

/** Answers Prometheus' API below its prefix: GET with a query, or POST with a form. It asks for no token. */
export function answerPrometheusRequest(
  recorder: ScrapeRecorder,
  now: number,
  request: { method: string; path: string; query: URLSearchParams; body: Buffer },
): Reply {
  const { method, path, query, body } = request;
  if (method !== 'GET' && method !== 'POST')
    return { kind: 'text', status: 405, body: 'Method Not Allowed\n' };
  const params = new URLSearchParams([
    ...query,
    ...new URLSearchParams(method === 'POST' ? body.toString() : ''),
  ]);
  const answer = answerPrometheus(recorder, now, path.slice(PROMETHEUS_PREFIX.length), params);
  return answer === undefined
    ? { kind: 'text', status: 404, body: '404 page not found\n' }
    : json(answer.status, answer.body);
}
