import type { Delivery } from '../core/ports/inbox.ts';
import type { SourceKind, SourceSettings } from '../core/settings.ts';
import type { Told } from '../flow/receive-alerts.ts';
import type { AlertSource } from './alert-source.ts';
import { alertmanager } from './alertmanager.ts';
import { grafana } from './grafana.ts';
import { pagerduty } from './pagerduty.ts';

/** Every kind of sender, each with its file: POST /webhooks/<kind>/<source>. */
export const ALERT_SOURCES: { readonly [kind in SourceKind]: AlertSource } = {
  alertmanager,
  pagerduty,
  grafana,
};

/**
 * What a stored delivery tells, read as the kind that it came as.
 * @throws Error with a sentence for one that does not hold
 */
export function readDelivery(delivery: Delivery, sources: readonly SourceSettings[]): Told {
  const source = sources.find((known) => known.name === delivery.source);
  if (source === undefined)
    throw new Error(`the source ${delivery.source} is not in firstmate.yaml any more`);
  return ALERT_SOURCES[delivery.kind].read(delivery.body, source);
}
