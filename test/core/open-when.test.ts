import { describe, expect, it } from 'vitest';
import { visibility } from '../../src/core/open-when.ts';
import type { Service } from '../../src/core/service.ts';

const service = (...severityMapping: Service['severityMapping'][number][]): Service => ({
  name: 'checkout',
  owner: 'sre',
  runtime: null,
  file: 'checkout.yaml',
  channel: 'checkout',
  runbook: 'x',
  availability: null,
  severityMapping,
});

describe('how people hear of an alert', () => {
  it.each([
    [{ severity: 'critical' }, 'channel', 'SEV2'],
    [{ severity: 'warning' }, 'line', 'SEV3'],
    [{ severity: 'info' }, 'none', 'SEV4'],
    [{ severity: 'none' }, 'none', 'SEV4'],
    [{}, 'line', 'SEV4'],
    [{ alertname: 'Watchdog', severity: 'critical' }, 'none', 'SEV2'],
    [{ alertname: 'InfoInhibitor', severity: 'warning' }, 'none', 'SEV3'],
  ] as const)('without rules: %j', (labels, opens, severity) => {
    expect(visibility(labels, [], null)).toMatchObject({ opens, severity });
  });

  it('open_when replaces the default, and says which line matched', () => {
    const lines = [[{ label: 'team', op: '=', value: 'a' }]] as const;
    expect(visibility({ severity: 'critical' }, lines, null).opens).toBe('line');
    expect(visibility({ severity: 'warning', team: 'a' }, lines, null)).toMatchObject({
      opens: 'channel',
      because: 'open_when team="a" matches',
    });
  });

  it('a service that maps it to SEV1 or SEV2 opens a channel; its first condition that holds decides', () => {
    const mapped = service(
      { condition: 'labels.severity == "warning" && labels.tier == "1"', severity: 'SEV1' },
      { condition: 'severity="warning"', severity: 'SEV3' },
    );
    expect(visibility({ severity: 'warning', tier: '1' }, [], mapped)).toMatchObject({
      opens: 'channel',
      severity: 'SEV1',
      because: expect.stringContaining('by the rule of service checkout'),
    });
    // The first condition has no answer here (there is no tier): that is not a yes.
    expect(visibility({ severity: 'warning' }, [], mapped)).toMatchObject({
      opens: 'line',
      severity: 'SEV3',
    });
  });

  it('no mapping makes a channel of what is stored only', () => {
    const mapped = service({ condition: 'true', severity: 'SEV1' });
    expect(visibility({ severity: 'info' }, [], mapped).opens).toBe('none');
  });
});
