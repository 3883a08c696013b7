import { DNS_LABEL } from './validate.ts';

/** Kinds whose names become parts of their pods' names and host names. */
const NAMING = new Set(['pods', 'deployments', 'replicasets']);

/** What the server warns of in a name that is allowed and yet no DNS label. */
export function nameAdvice(storage: string, name: string): string[] {
  if (!NAMING.has(storage)) return [];
  const faults = [
    ...(name.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(name.includes('.') ? [DNS_LABEL] : []),
  ];
  if (faults.length === 0) return [];
  const what = 'this is used in Pod names and hostnames, which can result in surprising behavior';
  return [`metadata.name: ${what}; a DNS label is recommended: [${faults.join(' ')}]`];
}
