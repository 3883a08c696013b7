import type { FindingCheck } from './finding-check.ts';
import { waitingFor } from './waiting.ts';

// The kubelet's reasons: k8s.io/kubernetes/pkg/kubelet/container and kuberuntime.
const REASONS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreStartHookError',
  'PostStartHookError',
]);

/** `container.config_error`: it cannot be made, most often since a ConfigMap, a Secret or a key is missing. */
export const configError: FindingCheck = (looking) =>
  waitingFor(REASONS, 'container.config_error', 'cannot be created', looking);
