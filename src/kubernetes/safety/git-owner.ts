import { ARGO_APPLICATION, FLUX_HELM_RELEASE, FLUX_KUSTOMIZATION } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import { type GitOwner, known, type Owner, unknown } from '../../core/safety/facts.ts';
import { type GitMark, gitMarks } from '../../core/safety/git-marks.ts';
import {
  argoSelfHeals,
  argoSource,
  helmReleaseSelfHeals,
  helmReleaseSource,
  kustomizationSelfHeals,
  kustomizationSource,
} from '../../core/safety/self-heal.ts';
import { nameOfObject } from '../../core/safety/workload.ts';
import { ReadFailed } from '../faults.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { allPages } from './all-pages.ts';
import type { Chain } from './chain.ts';

/** Who would take back a change to the first object of a chain: told by the marks on any of its objects. @throws ReadFailed */
export async function ownersOf(reading: Reading, chain: Chain): Promise<readonly Owner[]> {
  const [first] = chain.objects;
  if (first === undefined) return [];
  const object = nameOfObject(first);
  const owners: Owner[] = [];
  for (const mark of chain.objects.flatMap(gitMarks)) {
    const owner = await ownerBy(reading, mark, object);
    if (owner !== null) owners.push(owner);
  }
  const nearest = first.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  const by = chain.beyond ?? (nearest === undefined ? null : `${nearest.kind} ${nearest.name}`);
  return by === null ? owners : [...owners, { by: 'controller', name: by, object }];
}

function ownerBy(reading: Reading, mark: GitMark, object: string): Promise<GitOwner | null> {
  return mark.tool === 'argocd' ? argo(reading, mark, object) : flux(reading, mark, object);
}

async function argo(
  reading: Reading,
  { name, namespace, certain }: Extract<GitMark, { tool: 'argocd' }>,
  object: string,
): Promise<GitOwner | null> {
  const called = `Argo CD application ${namespace === null ? '' : `${namespace}/`}${name}`;
  const doubtful = (says: string): GitOwner => ({
    by: 'git',
    name: called,
    object,
    selfHeal: unknown(says),
    source: null,
  });
  const found = await allPages(reading, ARGO_APPLICATION, namespace, `metadata.name=${name}`).catch(
    (error: unknown) => {
      if (!(error instanceof ReadFailed)) throw error;
      return error;
    },
  );
  if (found instanceof ReadFailed) {
    // No such API: no Argo CD in this cluster, which may still be looked after from another one.
    if (found.fault === 'not_found' && !certain) return null;
    return doubtful(found.says);
  }
  // The server may not know the selector for this kind and give all.
  const applications = found.filter((one) => one.metadata?.name === name);
  const [first] = applications;
  if (first === undefined)
    return certain ? doubtful(`There is no application ${name} in this cluster.`) : null;
  return {
    by: 'git',
    name: `Argo CD application ${first.metadata?.namespace ?? ''}/${name}`,
    object,
    selfHeal: known(applications.some(argoSelfHeals)),
    source: argoSource(first),
  };
}

async function flux(
  reading: Reading,
  { tool, name, namespace, disabled }: Exclude<GitMark, { tool: 'argocd' }>,
  object: string,
): Promise<GitOwner> {
  const isRelease = tool === 'helmrelease';
  const called = `Flux ${isRelease ? 'HelmRelease' : 'Kustomization'} ${namespace}/${name}`;
  const owner = (selfHeal: GitOwner['selfHeal'], source: GitOwner['source']): GitOwner => ({
    by: 'git',
    name: called,
    object,
    selfHeal,
    source,
  });
  let found: KubeObject | ReadFailed;
  try {
    found = await fetchObject(reading, isRelease ? FLUX_HELM_RELEASE : FLUX_KUSTOMIZATION, namespace, name);
  } catch (error) {
    if (!(error instanceof ReadFailed)) throw error;
    found = error;
  }
  if (found instanceof ReadFailed) return owner(disabled ? known(false) : unknown(found.says), null);
  return isRelease
    ? owner(known(helmReleaseSelfHeals(found)), helmReleaseSource(found))
    : owner(known(!disabled && kustomizationSelfHeals(found)), kustomizationSource(found));
}
