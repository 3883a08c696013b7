import { describe, expect, it } from 'vitest';
import { changedField, fieldName, reviewedFields } from '../../src/kubernetes/writes/reviewed.ts';

const LIVE = {
  metadata: { annotations: { note: 'x' } },
  spec: { replicas: 3, env: { DB_PASSWORD: 'canary-7f3a' }, long: 'y'.repeat(1_000) },
};

describe('the fields that a plan is bound to', () => {
  it('stand as they are where they are short, and as nothing where there is nothing', () => {
    expect(
      reviewedFields(LIVE, ['/spec/replicas', '/metadata/annotations/a~1b', '/metadata/labels/x']),
    ).toEqual({
      '/spec/replicas': 3,
      '/metadata/annotations/a~1b': null,
      '/metadata/labels': null,
    });
  });

  it('stand as their hash where they are long or hold a secret', () => {
    const reviewed = reviewedFields(LIVE, ['/spec/env', '/spec/long']);
    expect(Object.values(reviewed)).toEqual([
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    ]);
  });

  it('hold as long as nothing changes in them, whichever way they stand', () => {
    const reviewed = reviewedFields(LIVE, ['/spec/replicas', '/spec/env', '/spec/long', '/metadata/labels']);
    expect(changedField(LIVE, reviewed)).toBeUndefined();
    expect(changedField({ ...LIVE, status: { replicas: 1 } }, reviewed)).toBeUndefined();
    const other = { ...LIVE, spec: { ...LIVE.spec, env: { DB_PASSWORD: 'another' } } };
    expect(changedField(other, reviewed)).toBe('/spec/env');
    const labelled = { ...LIVE, metadata: { ...LIVE.metadata, labels: { a: 'b' } } };
    expect(changedField(labelled, reviewed)).toBe('/metadata/labels');
  });

  it('are named as people write them', () => {
    expect(fieldName('/metadata/annotations/example.com~1note')).toBe(
      'metadata.annotations.example.com/note',
    );
  });
});
