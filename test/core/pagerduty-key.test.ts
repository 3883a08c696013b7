import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pagerdutyKeyOf } from '../../src/core/pagerduty-key.ts';

describe("PagerDuty's key of a group", () => {
  it("is the SHA-256 of the group key's text, as sha256sum prints it", () => {
    expect(pagerdutyKeyOf('{}/{severity="critical"}:{alertname="KubePodCrashLooping"}')).toBe(
      '8f97eedbf4f516a75fae35dfd9448c763e192ca60cfce05746f1fb646789b1b4',
    );
  });

  it('can be told from what Alertmanager sends to a webhook', () => {
    const file = join(import.meta.dirname, '..', 'fixtures', 'alertmanager', 'A1_first_fire.json');
    const { groupKey } = JSON.parse(readFileSync(file, 'utf8'));
    expect(pagerdutyKeyOf(groupKey)).toBe('f38f95a2904fc2c31890b2f9473cf627f93aa0b7896ecf7d27d820aaadae8592');
  });
});
