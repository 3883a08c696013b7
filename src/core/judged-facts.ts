import { firingAlerts, type Incident } from './incident.ts';
import type { JsonObject } from './json.ts';
import type { Service } from './service.ts';

/** What `incident` means in a policy's condition. */
export function incidentFacts(incident: Incident): JsonObject {
  const { id, severity, status, title, cluster, service, namespace, workload, openedAt, visibility } =
    incident;
  return {
    id,
    severity,
    status,
    title,
    cluster,
    service,
    namespace,
    workload,
    openedAt,
    visibility,
    lead: incident.lead?.name ?? null,
    alerts: firingAlerts(incident).map(({ labels, startsAt }) => ({ labels, startsAt })),
  };
}

/** What `service` means in a policy's condition: its name alone where the catalogue does not describe it. */
export function serviceFacts(name: string | null, known: Service | undefined): JsonObject {
  return { name, owner: known?.owner ?? null, runtime: known?.runtime ?? null };
}
