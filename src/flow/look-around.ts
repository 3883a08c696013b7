import { parseCommand } from '../core/command/parse.ts';
import type { KubeObject } from '../core/kube.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ClusterReader, Clusters } from '../core/ports/cluster.ts';
import { brokenBecause, nodeView, type Surroundings } from '../core/surroundings.ts';

/** What a cluster shows now that alerts may have in common; null when it is not known or does not answer. */
export type LookAround = (cluster: string, stop: AbortSignal) => Promise<Surroundings | null>;

/** A storm asks once. */
const FRESH_MS = 10_000;
/** The alerts behind this one wait as long. */
const TIMEOUT_MS = 3_000;
const MOST_BROKEN_NODES = 10;

export function createLookAround(looking: {
  readonly clusters: Pick<Clusters, 'reader'>;
  readonly clock: Clock;
}): LookAround {
  const seen = new Map<string, { readonly at: number; readonly around: Promise<Surroundings | null> }>();
  return (cluster, stop) => {
    const now = Date.parse(looking.clock.now());
    const known = seen.get(cluster);
    if (known !== undefined && now - known.at < FRESH_MS) return known.around;
    const reader = looking.clusters.reader(cluster);
    const around = reader === undefined ? Promise.resolve(null) : look(reader, stop);
    seen.set(cluster, { at: now, around });
    return around;
  };
}

async function look(reader: ClusterReader, stop: AbortSignal): Promise<Surroundings | null> {
  const [nodes, controlPlane] = await Promise.all([
    read(reader, 'kubectl get nodes -o json', stop),
    askControlPlane(reader, stop),
  ]);
  if (nodes === null) return controlPlane === null ? null : { controlPlane, nodes: [] };
  const broken = nodes.filter((node) => brokenBecause(node) !== null).slice(0, MOST_BROKEN_NODES);
  const pods = new Map(
    await Promise.all(
      broken.map(async (node) => {
        const name = node.metadata?.name ?? '';
        const line = `kubectl get pods -A --field-selector spec.nodeName=${name} -o json`;
        return [name, (await read(reader, line, stop)) ?? []] as const;
      }),
    ),
  );
  return {
    controlPlane,
    nodes: nodes.map((node) => nodeView(node, pods.get(node.metadata?.name ?? '') ?? [])),
  };
}

async function read(
  reader: ClusterReader,
  line: string,
  stop: AbortSignal,
): Promise<readonly KubeObject[] | null> {
  const parsed = parseCommand(line);
  if (parsed.verdict !== 'read') return null;
  const seen = await reader.read(parsed.operation, { signal: stop, timeoutMs: TIMEOUT_MS });
  return seen.status === 'ok' ? seen.objects : null;
}

/** An API server that answers and says that it is not ready; one that does not answer us may be our own trouble. */
async function askControlPlane(reader: ClusterReader, stop: AbortSignal): Promise<string | null> {
  const parsed = parseCommand('kubectl get --raw=/readyz?verbose');
  if (parsed.verdict !== 'read') return null;
  const seen = await reader.read(parsed.operation, { signal: stop, timeoutMs: TIMEOUT_MS });
  const says = seen.status === 'ok' ? seen.text : seen.says;
  const failing = [...says.matchAll(/^\[-\](\S+)/gm)].map(([, check]) => check);
  return failing.length === 0 ? null : `its check ${failing.slice(0, 3).join(', ')} fails`;
}
