import type { Sample } from './ports/metrics.ts';
import { type Known, known, unknown } from './safety/facts.ts';
import type { Service } from './service.ts';

/** A policy names a service's availability objective `<service>-availability`. */
const SUFFIX = '-availability';

/** A ratio of rates may lie a little above one, since Prometheus extrapolates each. */
const ROUNDING = 1.01;

/** What to ask the metrics for, or why nothing can be asked. */
export function indicatorOf(
  slo: string,
  services: readonly Service[],
): Known<{ readonly query: string; readonly unit: 'ratio' | 'percent' }> {
  const service = services.find(({ name }) => slo === `${name}${SUFFIX}`);
  if (service === undefined) {
    return unknown(
      `no service has the objective ${slo}; it is called after the service, such as orders${SUFFIX}`,
    );
  }
  const indicator = service.availability?.indicator ?? null;
  return indicator === null
    ? unknown(
        `add slo.availability.indicator, a PromQL query for the share of good requests, to ${service.file}`,
      )
    : known(indicator);
}

/** Availability in per cent, from an indicator's answer. Nothing, NaN, several series and impossible shares are no answer. */
export function availabilityOf(samples: readonly Sample[], unit: 'ratio' | 'percent'): Known<number> {
  const [sample, ...more] = samples;
  if (sample === undefined) return unknown('the indicator gives no result; check its names and labels');
  if (more.length > 0) {
    return unknown(`the indicator gives ${samples.length} series and has to give one: sum them up`);
  }
  const { value } = sample;
  if (!Number.isFinite(value)) return unknown(`the indicator gives ${value}, as without any request`);
  const share = unit === 'percent' ? value / 100 : value;
  if (share < 0) return unknown(`the indicator gives ${value}, and no share is below 0`);
  if (share > ROUNDING) {
    return unknown(
      unit === 'ratio'
        ? `the indicator gives ${value}, more than 1: if that is per cent, add indicator_unit: percent`
        : `the indicator gives ${value} per cent, more than all`,
    );
  }
  return known(Math.min(share, 1) * 100);
}
