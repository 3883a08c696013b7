import type { Exposed, Labels } from '../prometheus/series.ts';
import { apiserverP99 } from './alerts/control-plane-rules.ts';
import type { Simulation } from './simulation.ts';

const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30];
const REQUESTS_PER_SECOND = 40;
/** The share of requests that take as long as the slowest of a hundred; the others are quick. */
const SLOW_SHARE = 0.02;
const QUICK_SECONDS = 0.02;
const VERB: Labels = { job: 'apiserver', verb: 'LIST', resource: 'pods', scope: 'cluster' };

/** The API server's request durations as a histogram that counts on with the simulated time, and its p99. */
export function exposeApiserver(simulation: Simulation): () => Exposed[] {
  const begun = simulation.clock.now();
  let last = begun;
  /** Before the cluster was started here it had answered for a day. */
  const before = 86_400 * REQUESTS_PER_SECOND;
  let total = before;
  let sum = before * QUICK_SECONDS;
  const within = new Map(BOUNDS.map((bound) => [bound, before]));

  return () => {
    const slow = apiserverP99(simulation);
    const requests = ((simulation.clock.now() - last) / 1000) * REQUESTS_PER_SECOND;
    last = simulation.clock.now();
    total += requests;
    sum += requests * ((1 - SLOW_SHARE) * QUICK_SECONDS + SLOW_SHARE * slow);
    for (const [bound, count] of within) {
      within.set(bound, count + requests * (slow <= bound ? 1 : 1 - SLOW_SHARE));
    }
    const name = 'apiserver_request_duration_seconds';
    const perSecond = REQUESTS_PER_SECOND;
    const bucket = (le: string, value: number): Exposed => ({
      labels: { ...VERB, __name__: `${name}_bucket`, le },
      value,
      perSecond,
    });
    return [
      ...[...within].map(([bound, count]) => bucket(String(bound), count)),
      bucket('+Inf', total),
      { labels: { ...VERB, __name__: `${name}_count` }, value: total, perSecond },
      { labels: { ...VERB, __name__: `${name}_sum` }, value: sum, perSecond: perSecond * QUICK_SECONDS },
      // The series that runbooks ask for by this name; a recording rule makes it of the histogram.
      { labels: { __name__: `${name}_p99`, job: 'apiserver' }, value: slow },
    ];
  };
}
