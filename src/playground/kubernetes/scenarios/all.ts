import { API_LATENCY } from './api-latency.ts';
import { BAD_IMAGE } from './bad-image.ts';
import { BAD_RELEASE } from './bad-release.ts';
import { CERTIFICATE_EXPIRING } from './certificate-expiring.ts';
import { CNI_FAILURE } from './cni-failure.ts';
import { COREDNS_DOWN_SCENARIO } from './coredns-down.ts';
import { CRASH_AFTER_RELEASE } from './crash-after-release.ts';
import { ETCD_QUORUM_LOST } from './etcd-quorum-lost.ts';
import { FAILING_MIGRATION } from './failing-migration.ts';
import { HPA_MAXED } from './hpa-maxed.ts';
import { JOB_FAILED } from './job-failed.ts';
import { MISSING_CONFIG } from './missing-config.ts';
import { NODE_FLAP } from './node-flap.ts';
import { NODE_UNDER_PRESSURE } from './node-not-ready.ts';
import { OUT_OF_MEMORY } from './out-of-memory.ts';
import { PVC_FULL } from './pvc-full.ts';
import { PVC_UNBOUND } from './pvc-unbound.ts';
import { QUOTA_EXCEEDED } from './quota-exceeded.ts';
import { READINESS_PROBE } from './readiness-probe.ts';
import { RECOVERED_ROLLOUT } from './recovered-rollout.ts';
import type { Scenario } from './scenario.ts';
import { WEDGED_POD } from './wedged-pod.ts';

/** Every scenario, in the order in which they are listed to people. */
export const SCENARIOS: readonly Scenario[] = [
  BAD_RELEASE,
  BAD_IMAGE,
  CRASH_AFTER_RELEASE,
  READINESS_PROBE,
  FAILING_MIGRATION,
  MISSING_CONFIG,
  OUT_OF_MEMORY,
  WEDGED_POD,
  QUOTA_EXCEEDED,
  HPA_MAXED,
  PVC_UNBOUND,
  PVC_FULL,
  JOB_FAILED,
  NODE_UNDER_PRESSURE,
  CNI_FAILURE,
  COREDNS_DOWN_SCENARIO,
  API_LATENCY,
  CERTIFICATE_EXPIRING,
  ETCD_QUORUM_LOST,
  RECOVERED_ROLLOUT,
  NODE_FLAP,
];

/** The scenario of a name or an alias; throws with the known names for any other. */
export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name || scenario.aliases.includes(name));
  if (found !== undefined) return found;
  const known = SCENARIOS.map((scenario) => scenario.name).join(', ');
  throw new Error(`there is no scenario "${name}"; the known ones are: ${known}`);
}
