import { describe, expect, it } from 'vitest';
import { readDelivery } from '../../src/ingest/alert-sources.ts';
import { AT } from '../make.ts';
import { fixture, source } from './receiving.ts';

const delivery = {
  id: 'd',
  source: 'pd',
  kind: 'pagerduty',
  receivedAt: AT,
  body: fixture('pagerduty_v3_incident_triggered.json').toString(),
} as const;

describe('a stored delivery', () => {
  it('is read as the kind that it came as, also when its source has become another', () => {
    for (const kind of ['pagerduty', 'grafana'] as const)
      expect(readDelivery(delivery, [source(kind, null, 'pd')]).alerts).toMatchObject([
        { source: 'pd', fingerprint: 'Q2CKYRLH85UNN4' },
      ]);
  });

  it('of a source that is gone says so', () => {
    expect(() => readDelivery(delivery, [source('pagerduty', null, 'other')])).toThrow(
      'the source pd is not in firstmate.yaml any more',
    );
  });
});
