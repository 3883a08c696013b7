import { DEFAULT_PROTECTED_NAMESPACES } from '../core/guards/protected-namespace.ts';
import type { Log } from '../core/ports/clock.ts';
import type { ClusterReader, ClusterRehearser, Clusters, ClusterWriter } from '../core/ports/cluster.ts';
import type { ClusterSafety } from '../core/ports/safety.ts';
import type { ClusterSettings, Limits, WriteToken } from '../core/settings.ts';
import { limiter } from './concurrency.ts';
import {
  type Connection,
  type ConnectionFault,
  openConnection,
  openTokenConnections,
  type TokenConnections,
} from './connection.ts';
import type { GateOptions, GateRefusal } from './gate.ts';
import { clusterReader } from './reader.ts';
import type { ReaderParts } from './reading.ts';
import { clusterRehearser, type WriterParts } from './rehearser.ts';
import { clusterSafety } from './safety/look.ts';
import { realTiming, type Timing } from './timing.ts';
import {
  unavailableReader,
  unavailableRehearser,
  unavailableSafety,
  unavailableWriter,
} from './unavailable.ts';
import { fixedIdentity, mintedIdentity, type WriteIdentity } from './write-identity.ts';
import { clusterWriter } from './writer.ts';

export type ClusterOptions = {
  readonly limits: Limits;
  readonly log: Log;
  /** Hears of every request that no grant covers; it opened no socket. */
  readonly onRefused: (refusal: GateRefusal) => void;
  readonly now: () => Date;
  /** Where the contents of ConfigMaps are not read, by the cluster's name; the default protections without it. */
  readonly protectedNamespaces?: (cluster: string) => readonly string[];
  /** Time and chance for retries and deadlines; the machine's own unless a test says otherwise. */
  readonly timing?: Timing;
};

type Ports = {
  readonly reader: ClusterReader;
  readonly rehearser: ClusterRehearser;
  readonly writer: ClusterWriter;
  readonly safety: ClusterSafety;
};

/** Where the tokens to write with come from, one a plan. */
type TokenSource = {
  readonly token: WriteToken;
  readonly connections: TokenConnections | ConnectionFault;
};

/**
 * All configured clusters, each with its reading and its writing identity. Nothing is contacted here. A cluster whose
 * kubeconfig does not hold is told in `faults`, and everything asked of it fails with that sentence; the others work.
 */
export async function connectClusters(
  settings: readonly ClusterSettings[],
  options: ClusterOptions,
): Promise<{ clusters: Clusters; faults: string[]; close(): Promise<void> }> {
  const faults: string[] = [];
  const open: Pick<Connection, 'close'>[] = [];
  const ports = new Map<string, Ports>();
  for (const cluster of settings) {
    const reading = openConnection(cluster, 'reading');
    const writing = cluster.writeContext === null ? reading : openConnection(cluster, 'writing');
    const minting =
      cluster.writeToken === null || 'fault' in writing
        ? null
        : { token: cluster.writeToken, connections: openTokenConnections(cluster) };
    for (const one of new Set([reading, writing, ...(minting === null ? [] : [minting.connections])])) {
      if ('fault' in one) faults.push(one.fault);
      else open.push(one);
    }
    ports.set(cluster.name, clusterPorts(cluster.name, reading, writing, minting, options));
  }
  return {
    clusters: {
      reader: (name) => ports.get(name)?.reader,
      rehearser: (name) => ports.get(name)?.rehearser,
      writer: (name) => ports.get(name)?.writer,
      safety: (name) => ports.get(name)?.safety,
    },
    faults,
    close: async () => {
      await Promise.all(open.map((connection) => connection.close()));
    },
  };
}

function clusterPorts(
  name: string,
  reading: Connection | ConnectionFault,
  writing: Connection | ConnectionFault,
  minting: TokenSource | null,
  options: ClusterOptions,
): Ports {
  if ('fault' in reading) {
    const { fault } = reading;
    return {
      reader: unavailableReader(fault),
      rehearser: unavailableRehearser(fault),
      writer: unavailableWriter(fault),
      safety: unavailableSafety(fault),
    };
  }
  const gate = (connection: Connection): GateOptions => ({
    cluster: name,
    connection,
    responseBytes: options.limits.responseBytes,
    writeTimeoutMs: options.limits.writeTimeoutMs,
    protectedNamespaces: options.protectedNamespaces?.(name) ?? DEFAULT_PROTECTED_NAMESPACES,
    onRefused: options.onRefused,
  });
  const read: ReaderParts = {
    gate: gate(reading),
    limit: limiter(options.limits.readsPerCluster),
    timing: options.timing ?? realTiming(options.now),
    log: options.log,
  };
  const reader = clusterReader(read);
  const safety = clusterSafety(read);
  if ('fault' in writing) {
    return {
      reader,
      rehearser: unavailableRehearser(writing.fault),
      writer: unavailableWriter(writing.fault),
      safety,
    };
  }
  const identity = writeIdentity(gate(writing), minting, options.now);
  if ('fault' in identity) {
    const { fault } = identity;
    return { reader, rehearser: unavailableRehearser(fault), writer: unavailableWriter(fault), safety };
  }
  const parts: WriterParts = { read, cluster: name, writing: identity };
  return { reader, rehearser: clusterRehearser(parts), writer: clusterWriter(parts), safety };
}

function writeIdentity(
  gate: GateOptions,
  minting: TokenSource | null,
  now: () => Date,
): WriteIdentity | ConnectionFault {
  if (minting === null) return fixedIdentity(gate);
  const { token, connections } = minting;
  return 'fault' in connections ? connections : mintedIdentity({ gate, token, connections, now });
}
