import type { KubeObject } from '../kube.ts';

/**
 * What an object says of who writes it from Git. `certain`: a mark that only that tool leaves; `app.kubernetes.io/instance`
 * alone is also what charts leave, so that it counts only where there is such an application.
 */
export type GitMark =
  | {
      readonly tool: 'argocd';
      readonly name: string;
      readonly namespace: string | null;
      readonly certain: boolean;
    }
  | {
      readonly tool: 'kustomization' | 'helmrelease';
      readonly name: string;
      readonly namespace: string;
      readonly disabled: boolean;
    };

/** https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ */
const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
const ARGO_INSTANCE = 'argocd.argoproj.io/instance';
const INSTANCE = 'app.kubernetes.io/instance';
const HELM_RELEASE = 'meta.helm.sh/release-name';
const FLUX_RECONCILE = 'kustomize.toolkit.fluxcd.io/reconcile';

export function gitMarks(object: KubeObject): readonly GitMark[] {
  const labels = object.metadata?.labels ?? {};
  const annotations = object.metadata?.annotations ?? {};
  const marks: GitMark[] = [];
  const tracked = trackedBy(object, annotations[TRACKING_ID]);
  const instance = labels[ARGO_INSTANCE];
  const maybe = labels[INSTANCE];
  if (tracked !== null) marks.push(tracked);
  else if (instance !== undefined)
    marks.push({ tool: 'argocd', name: instance, namespace: null, certain: true });
  else if (maybe !== undefined && annotations[HELM_RELEASE] === undefined)
    marks.push({ tool: 'argocd', name: maybe, namespace: null, certain: false });

  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  const disabled = annotations[FLUX_RECONCILE] === 'disabled' || labels[FLUX_RECONCILE] === 'disabled';
  if (kustomization !== undefined) {
    const namespace = labels['kustomize.toolkit.fluxcd.io/namespace'] ?? '';
    marks.push({ tool: 'kustomization', name: kustomization, namespace, disabled });
  }
  const release = labels['helm.toolkit.fluxcd.io/name'];
  if (release !== undefined) {
    const namespace = labels['helm.toolkit.fluxcd.io/namespace'] ?? '';
    marks.push({ tool: 'helmrelease', name: release, namespace, disabled: false });
  }
  return marks;
}

/**
 * `<application>:<group>/<kind>:<namespace>/<name>`, the application as `<namespace>_<name>` outside Argo CD's own
 * namespace. One that names another object was copied from there and tracks nothing, as Argo CD has it.
 */
function trackedBy(object: KubeObject, id: string | undefined): GitMark | null {
  if (id === undefined) return null;
  const [application = '', groupKind = '', place = ''] = id.split(':');
  const kind = groupKind.split('/').at(-1);
  const name = place.split('/').at(-1);
  if (kind !== object.kind || name !== object.metadata?.name) return null;
  const cut = application.indexOf('_');
  return {
    tool: 'argocd',
    name: application.slice(cut + 1),
    namespace: cut === -1 ? null : application.slice(0, cut),
    certain: true,
  };
}
