import { quantity } from '../admission/validate.ts';
import { at, sameJson, textOr } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { KubeObject, VolumeClaim } from '../types.ts';
import { recordEvent } from './events.ts';
import { newMeta } from './objects.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const RETRY_MS = 15_000;

/** Binds claims to volumes made for them, grows the volumes of grown claims, and drops those of claims that are gone. */
export function runVolumes(simulation: Simulation): number | undefined {
  const { store } = simulation;
  let wake: number | undefined;
  const claims = store.list('persistentvolumeclaims');
  for (const claim of claims) {
    const { phase } = claim.status ?? {};
    if (phase === 'Bound') grow(simulation, claim);
    else wake = earliest(wake, provision(simulation, claim));
  }
  const uids = new Set(claims.map(({ metadata }) => metadata.uid));
  for (const volume of store.list('persistentvolumes')) {
    const uid = textOr(at(volume, 'spec', 'claimRef', 'uid'));
    const gone = uid !== '' && !uids.has(uid);
    if (gone && at(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') {
      store.remove('persistentvolumes', undefined, volume.metadata.name);
    }
  }
  return wake;
}

function classOf(simulation: Simulation, claim: VolumeClaim): KubeObject | undefined {
  const classes = simulation.store.list('storageclasses');
  const wanted = claim.spec.storageClassName;
  if (wanted !== undefined) return classes.find(({ metadata }) => metadata.name === wanted);
  return classes.find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true');
}

function sizeOf(claim: VolumeClaim): string {
  return claim.spec.resources?.requests?.storage ?? '1Gi';
}

function provision(simulation: Simulation, claim: VolumeClaim): number | undefined {
  const { store, clock } = simulation;
  const { name, namespace } = claim.metadata;
  const found = classOf(simulation, claim);
  if (found === undefined) return refuse(simulation, claim);
  const volume = `pvc-${claim.metadata.uid}`;
  const accessModes = claim.spec.accessModes ?? ['ReadWriteOnce'];
  const capacity = { storage: sizeOf(claim) };
  store.put('persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: newMeta(simulation, {
      name: volume,
      annotations: { 'pv.kubernetes.io/provisioned-by': textOr(found.provisioner) },
    }),
    spec: {
      accessModes,
      capacity,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid: claim.metadata.uid },
      csi: { driver: textOr(found.provisioner), volumeHandle: volume },
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: found.metadata.name,
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Bound', lastPhaseTransitionTime: clock.stamp() },
  });
  const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
  const bound = {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: {
      ...claim.spec,
      storageClassName: found.metadata.name,
      volumeName: volume,
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Bound', accessModes, capacity },
  };
  store.put('persistentvolumeclaims', bound);
  const source = { component: textOr(found.provisioner) };
  const message = `Successfully provisioned volume ${volume}`;
  recordEvent(simulation, claim, source, 'Normal', 'ProvisioningSucceeded', message);
  return undefined;
}

function refuse(simulation: Simulation, claim: VolumeClaim): number {
  const { store, clock, facts } = simulation;
  const pending: VolumeClaim = { ...claim, status: { phase: 'Pending' } };
  if (!sameJson(pending.status, claim.status)) store.put('persistentvolumeclaims', pending);
  const retry = facts.retries.get(claim.metadata.uid);
  if (retry !== undefined && retry.at > clock.now()) return retry.at;
  const at = clock.now() + RETRY_MS;
  facts.retries.set(claim.metadata.uid, { key: '', at, delayMs: RETRY_MS });
  const wanted = claim.spec.storageClassName;
  const source = { component: 'persistentvolume-controller' };
  if (wanted === undefined) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    recordEvent(simulation, claim, source, 'Normal', 'FailedBinding', message);
  } else {
    const message = `storageclass.storage.k8s.io "${wanted}" not found`;
    recordEvent(simulation, claim, source, 'Warning', 'ProvisioningFailed', message);
  }
  return at;
}

function grow(simulation: Simulation, claim: VolumeClaim): void {
  const { store } = simulation;
  const size = sizeOf(claim);
  if (quantity(size) <= quantity(claim.status?.capacity?.storage ?? size)) return;
  if (classOf(simulation, claim)?.allowVolumeExpansion !== true) return;
  const volume = store.get('persistentvolumes', undefined, claim.spec.volumeName ?? '');
  if (volume !== undefined) {
    const spec = { ...Object(volume.spec), capacity: { storage: size } };
    store.put('persistentvolumes', { ...volume, spec });
  }
  store.put('persistentvolumeclaims', { ...claim, status: { ...claim.status, capacity: { storage: size } } });
  const source = { component: 'kubelet' };
  const message = 'MountVolume.NodeExpandVolume succeeded for volume';
  recordEvent(simulation, claim, source, 'Normal', 'FileSystemResizeSuccessful', message);
}

/** Bytes used and to be had on a claim's volume; an idle volume holds a tenth. */
export function volumeStats(simulation: Simulation, claim: VolumeClaim): { used: number; capacity: number } {
  const capacity = quantity(claim.status?.capacity?.storage ?? '0');
  const used = simulation.facts.volumes.get(`${claim.metadata.namespace}/${claim.metadata.name}`);
  return { capacity, used: Math.min(used ?? capacity / 10, capacity) };
}
