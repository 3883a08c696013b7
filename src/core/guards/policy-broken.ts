import { denies, type Guard } from './guard.ts';

/** A broken policy denies its service; one that does not even say whose it is could be anybody's, and denies all. */
export const policyBroken: Guard = ({ brokenPolicies, service }) => {
  const broken = brokenPolicies.filter((policy) => policy.service === null || policy.service === service);
  if (broken.length === 0) return null;
  const files = broken.map(({ file, says }) => `${file} (${says})`).join('; ');
  return denies('policy.broken', `until it is mended, nothing is changed: ${files}`);
};
