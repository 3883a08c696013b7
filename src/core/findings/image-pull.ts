import type { FindingCheck } from './finding-check.ts';
import { waitingFor } from './waiting.ts';

// The kubelet's reasons: k8s.io/kubernetes/pkg/kubelet/images/types.go.
const REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ImageInspectError',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** `container.image_pull`: its image cannot be had. */
export const imagePull: FindingCheck = (looking) =>
  waitingFor(REASONS, 'container.image_pull', 'cannot get its image', looking);
