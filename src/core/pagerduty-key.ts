import { createHash } from 'node:crypto';

/**
 * The `incident_key` of the PagerDuty incident that Alertmanager (or Grafana) opens for a group: SHA-256 of the group
 * key in lower case hex (prometheus/alertmanager notify/util.go, `Key.Hash`, sent as the deduplication key). A group
 * key holds its route's matchers: it is another one where PagerDuty and the webhook hang on different routes.
 */
export function pagerdutyKeyOf(groupKey: string): string {
  return createHash('sha256').update(groupKey, 'utf8').digest('hex');
}
