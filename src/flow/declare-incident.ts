import type { Human } from '../core/actor.ts';
import { declaredLabels, MANUAL } from '../core/declared.ts';
import type { Timing } from '../core/events.ts';
import type { Incident } from '../core/incident.ts';
import { UNKNOWN_CLUSTER } from '../core/place-alert.ts';
import { redactText } from '../core/redact.ts';
import { type Service, serviceOf } from '../core/service.ts';
import type { Severity } from '../core/severity.ts';
import type { Acting } from './act.ts';
import { openIncident } from './open-incident.ts';

/** What a person says of an incident; null where they say nothing. */
export type Declaration = {
  readonly title: string;
  readonly severity: Severity | null;
  readonly cluster: string | null;
  readonly service: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
};

export type Declaring = Acting & {
  /** Names of the configured clusters. */
  readonly clusterNames: () => readonly string[];
  readonly rules: () => {
    readonly services: readonly Service[];
    readonly defaultResponder: string | null;
    readonly timing: Timing;
  };
};

export type Declared = { readonly opened: Incident } | { readonly says: string };

/** Where people do not say how bad it is. */
const USUAL: Severity = 'SEV3';
const LONGEST_TITLE = 150;
const LONGEST_NAME = 253;
// RFC 1123, as Kubernetes takes names: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const MOST_LISTED = 12;

/** Opens an incident that no alert told of. It is diagnosed as others are, and only people end it. */
export async function declareIncident(
  declaring: Declaring,
  declaration: Declaration,
  actor: Human,
): Promise<Declared> {
  const { services, defaultResponder, timing } = declaring.rules();
  const fault = faultOf(declaration, declaring.clusterNames(), services);
  if (fault !== null) return { says: fault };
  const [only, ...others] = declaring.clusterNames();
  const cluster = declaration.cluster ?? (others.length === 0 ? only : undefined) ?? UNKNOWN_CLUSTER;
  const { namespace, workload } = declaration;
  const title = redactText(declaration.title);
  const labels = declaredLabels({ ...declaration, title });
  const service = services.find(({ name }) => name === declaration.service) ?? serviceOf(labels, services);
  const id = await openIncident(
    declaring,
    {
      title,
      cluster,
      source: MANUAL,
      // The same said twice at once is one.
      correlationKey: [MANUAL, actor.slack.team, actor.slack.user, declaring.clock.now(), title].join(' '),
      service: service?.name ?? null,
      owner: service?.owner ?? defaultResponder,
      serviceChannel: service?.channel ?? null,
      namespace,
      workload,
      severity: declaration.severity ?? USUAL,
      visibility: 'channel',
      because: `${actor.name} declared it`,
      timing,
      rank: workload === null ? 'other' : 'workload',
      held: null,
    },
    null,
    { actor, cause: null },
  );
  const opened = id === null ? null : await declaring.ledger.load(id);
  return opened === null ? { says: 'You declared that a moment ago; its channel opens.' } : { opened };
}

/** What is wrong with it and what to say instead; null when nothing is. */
function faultOf(
  { title, cluster, service, namespace, workload }: Declaration,
  clusters: readonly string[],
  services: readonly Service[],
): string | null {
  if (title.trim() === '') return 'Say in a few words what is wrong.';
  if (title.length > LONGEST_TITLE)
    return `The title has ${title.length} characters; ${LONGEST_TITLE} are the most. Note the rest in the channel.`;
  if (cluster !== null && !clusters.includes(cluster))
    return `There is no cluster “${cluster}”. ${known('clusters', clusters)}`;
  if (service !== null && !services.some(({ name }) => name === service))
    return `There is no service “${service}”. ${known(
      'services',
      services.map(({ name }) => name),
    )}`;
  for (const [what, name] of Object.entries({ namespace, workload })) {
    if (name !== null && (name.length > LONGEST_NAME || !NAME.test(name)))
      return `“${name}” is no name of a ${what}: small letters, digits and hyphens, as kubectl shows it.`;
  }
  return null;
}

function known(what: string, names: readonly string[]): string {
  if (names.length === 0) return `No ${what} are configured.`;
  const more = names.length - MOST_LISTED;
  return `Known ${what}: ${names.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
