import { KEEPS_AVAILABILITY } from '../policy.ts';
import { allows, denies, type Guard, type GuardInput, policiesOf } from './guard.ts';

const RULE = 'safety.slo';

/** A policy's `must_not_reduce_availability_below`: what the objective's indicator says now has to reach the threshold. */
export const safetySlo: Guard = (input) => {
  const checks = policiesOf(input).flatMap(({ file, safetyChecks }) =>
    safetyChecks.filter(({ name }) => name === KEEPS_AVAILABILITY).map((check) => ({ ...check, file })),
  );
  if (checks.length === 0) return null;
  const judged = checks.map((check) => judgement(input, check));
  const reasons = judged.filter(({ holds }) => !holds);
  return reasons.length > 0
    ? denies(RULE, reasons.map(({ says }) => says).join('; '))
    : allows(RULE, judged.map(({ says }) => says).join('; '));
};

type Check = { readonly file: string; readonly settings: { readonly [key: string]: unknown } };

function judgement({ safety }: GuardInput, { file, settings }: Check): { holds: boolean; says: string } {
  const { slo, threshold } = settings;
  if (typeof slo !== 'string' || typeof threshold !== 'number' || !Number.isFinite(threshold)) {
    return {
      holds: false,
      says: `${file} asks for ${KEEPS_AVAILABILITY} without slo and threshold: add both`,
    };
  }
  const availability = safety.slos.find((one) => one.slo === slo)?.availability;
  if (availability === undefined) return { holds: false, says: `nobody asked for ${slo}` };
  if (!availability.known) {
    return { holds: false, says: `whether ${slo} is at ${threshold} % cannot be told: ${availability.says}` };
  }
  const now = Math.floor(availability.value * 1000) / 1000;
  return availability.value >= threshold
    ? { holds: true, says: `${slo} is at ${now} %, at least ${threshold} % is asked for` }
    : { holds: false, says: `${slo} is at ${now} %, and nothing is changed below ${threshold} %` };
}
