import type { Catalog, DocumentFault } from '../core/catalog.ts';
import { KEEPS_AVAILABILITY, type Policy } from '../core/policy.ts';
import { FALLBACK_RUNBOOK, type Place } from '../core/runbook.ts';
import type { Service } from '../core/service.ts';
import { indicatorOf } from '../core/slo.ts';
import { contradiction } from './contradictions.ts';
import { didYouMean } from './nearest.ts';

type Located<T> = { readonly document: T; readonly place: Place };

/** What only several documents together show: names that name nothing. Warnings, since each document holds. */
export function crossFaults(
  catalog: Pick<Catalog, 'runbooks' | 'services'>,
  located: { readonly policies: readonly Located<Policy>[]; readonly services: readonly Located<Service>[] },
): readonly DocumentFault[] {
  const runbooks = catalog.runbooks.map(({ name }) => name);
  const services = catalog.services.map(({ name }) => name);
  const faults: DocumentFault[] = [];
  const warn = (place: Place, says: string) => faults.push({ place, severity: 'warning', says });
  for (const { document, place } of located.services) {
    const { runbook } = document;
    if (/^https?:\/\//.test(runbook) || runbook === FALLBACK_RUNBOOK || runbooks.includes(runbook)) continue;
    warn(
      place,
      `the runbook "${runbook}" of ${document.name} is not among those loaded${didYouMean(runbook, runbooks)}`,
    );
  }
  if (services.length > 0)
    for (const { document, place } of located.policies)
      if (!services.includes(document.service))
        warn(
          place,
          `this policy applies to nothing: no service is called "${document.service}"${didYouMean(document.service, services)}`,
        );
  for (const { document, place } of located.policies)
    for (const service of catalog.services.filter(({ name }) => name === document.service)) {
      const runbook = catalog.runbooks.find(({ name }) => name === service.runbook);
      for (const action of runbook?.actions ?? []) {
        const against = runbook === undefined ? null : contradiction(document, runbook, action);
        if (against !== null)
          warn(
            place,
            `the runbook "${service.runbook}" of ${service.name} proposes a ${action.type} (${action.id})${against}`,
          );
      }
    }
  for (const { document, place } of located.policies)
    for (const says of unanswerable(document, catalog.services)) warn(place, says);
  return faults;
}

/** Safety checks that deny every change because nobody wrote down what they would ask. */
function unanswerable(policy: Policy, services: readonly Service[]): readonly string[] {
  return policy.safetyChecks
    .filter(({ name }) => name === KEEPS_AVAILABILITY)
    .flatMap(({ settings }) =>
      typeof settings.slo === 'string' ? [indicatorOf(settings.slo, services)] : [],
    )
    .flatMap((indicator) =>
      indicator.known ? [] : [`${KEEPS_AVAILABILITY} denies every change: ${indicator.says}`],
    );
}
