import { field, list, text } from '../facts/fields.ts';
import { redactText } from '../redact.ts';
import type { GitOwner } from './facts.ts';

type Source = GitOwner['source'];

/** Argo CD's `spec.syncPolicy.automated.selfHeal`: https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/ */
export function argoSelfHeals(application: unknown): boolean {
  const automated = field(application, 'spec', 'syncPolicy', 'automated');
  return field(automated, 'selfHeal') === true && field(automated, 'enabled') !== false;
}

export function argoSource(application: unknown): Source {
  const sources = [field(application, 'spec', 'source'), ...list(application, 'spec', 'sources')];
  const found =
    sources.find((source) => text(source, 'path') !== '') ?? sources.find((source) => source !== undefined);
  if (found === undefined) return null;
  return {
    repository: withoutUser(text(found, 'repoURL')),
    path: text(found, 'path') || text(found, 'chart'),
  };
}

/** A Kustomization puts its objects back at every interval: https://fluxcd.io/flux/components/kustomize/kustomizations/ */
export function kustomizationSelfHeals(kustomization: unknown): boolean {
  return field(kustomization, 'spec', 'suspend') !== true;
}

export function kustomizationSource(kustomization: unknown): Source {
  const from = field(kustomization, 'spec', 'sourceRef');
  const namespace = text(from, 'namespace') || text(kustomization, 'metadata', 'namespace');
  return {
    repository: `${text(from, 'kind')} ${namespace}/${text(from, 'name')}`,
    path: text(kustomization, 'spec', 'path'),
  };
}

/** A HelmRelease does so only with drift detection: https://fluxcd.io/flux/components/helm/helmreleases/#drift-detection */
export function helmReleaseSelfHeals(release: unknown): boolean {
  if (field(release, 'spec', 'suspend') === true) return false;
  return text(release, 'spec', 'driftDetection', 'mode') === 'enabled';
}

export function helmReleaseSource(release: unknown): Source {
  const name = `${text(release, 'metadata', 'namespace')}/${text(release, 'metadata', 'name')}`;
  return { repository: `HelmRelease ${name}`, path: 'spec.values' };
}

/** A repository's URL may carry a password. */
function withoutUser(url: string): string {
  return redactText(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1'));
}
