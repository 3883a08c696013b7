/** SEV1 is the worst. */
export type Severity = 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';
export const SEVERITIES: readonly Severity[] = ['SEV1', 'SEV2', 'SEV3', 'SEV4'];

const BY_LABEL: { readonly [label: string]: Severity } = {
  critical: 'SEV2',
  error: 'SEV3',
  warning: 'SEV3',
};

/** From an alert's `severity` label where no service says more: critical is SEV2, since SEV1 is people's to call. */
export function severityOfLabel(label: string | undefined): Severity {
  return (label === undefined ? undefined : BY_LABEL[label]) ?? 'SEV4';
}

export function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}
