import { canonical } from '../json.ts';
import type { Simulation } from '../simulation.ts';

const QUARTER_SECONDS = 90 * 86_400;

/** How long the client certificate that ends first is good for, in seconds; a Secret with new data holds a new one. */
export function shortestCertificate({ facts, store, clock }: Simulation): number {
  const left = [...facts.certificates].flatMap(([place, { data, notAfter }]) => {
    const [namespace = '', name = ''] = place.split('/');
    const secret = store.get('secrets', namespace, name);
    return secret === undefined || canonical(secret.data) !== data ? [] : [(notAfter - clock.now()) / 1000];
  });
  return Math.min(QUARTER_SECONDS, ...left);
}
