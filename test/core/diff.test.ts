import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differences,
  fieldChanges,
  firstMissing,
  reviewedValue,
  valueAt,
  withoutNoise,
} from '../../src/core/diff.ts';
import { canonicalJson, type JsonObject } from '../../src/core/json.ts';

const deployment = (image: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', labels: { app: 'api' }, ...more },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'api', image },
          { name: 'proxy', image: 'p:1' },
        ],
      },
    },
  },
});

describe('the difference of two objects', () => {
  it('names containers and not their places', () => {
    expect(differences(deployment('a:1'), deployment('a:2'))).toEqual([
      {
        path: 'spec.template.spec.containers[api].image',
        pointer: '/spec/template/spec/containers/0/image',
        before: 'a:1',
        after: 'a:2',
      },
    ]);
  });

  it('shows a new container as one difference, wherever it is put', () => {
    const after = {
      list: [
        { name: 'new', image: 'n' },
        { name: 'old', image: 'o' },
      ],
    };
    expect(differences({ list: [{ name: 'old', image: 'o' }] }, after)).toEqual([
      { path: 'list[new]', pointer: '/list', before: undefined, after: { name: 'new', image: 'n' } },
    ]);
  });

  it('leaves out what the server keeps for itself', () => {
    const before = deployment('a:1', {
      resourceVersion: '1',
      generation: 1,
      managedFields: [],
      uid: 'u',
      creationTimestamp: 'x',
    });
    const after = {
      ...deployment('a:1', {
        resourceVersion: '2',
        generation: 2,
        managedFields: [{ manager: 'firstmate' }],
        uid: 'u',
        creationTimestamp: 'y',
        annotations: { 'firstmate.dev/plan': 'p1', 'deployment.kubernetes.io/revision': '4' },
      }),
      status: { replicas: 9 },
    };
    expect(differences(before, after)).toEqual([]);
  });

  it('tells annotations that come one by one', () => {
    const after = deployment('a:1', { annotations: { 'example.com/note': 'x', b: 'y' } });
    expect(differences(deployment('a:1'), after).map((one) => one.path)).toEqual([
      'metadata.annotations[example.com/note]',
      'metadata.annotations.b',
    ]);
    expect(differences(deployment('a:1'), after)[0]?.pointer).toBe('/metadata/annotations/example.com~1note');
  });

  it('compares lists without names as a whole', () => {
    expect(differences({ args: ['a'] }, { args: ['a', 'b'] })).toMatchObject([
      { path: 'args', before: ['a'], after: ['a', 'b'] },
    ]);
  });

  it('finds nothing in what is the same, and something in what is not', () => {
    const json = fc.jsonValue().map((value) => ({ spec: JSON.parse(JSON.stringify(value)) }));
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(differences(a, a)).toEqual([]);
        expect(differences(a, b).length > 0).toBe(canonicalJson(a) !== canonicalJson(b));
      }),
    );
  });

  it('points at values that are really there', () => {
    const before = deployment('a:1');
    for (const one of differences(before, deployment('a:2')))
      expect(valueAt(before, one.pointer)).toBe(one.before);
    expect(fieldChanges('Deployment shop/api', differences(before, deployment('a:2')))).toEqual([
      {
        object: 'Deployment shop/api',
        path: 'spec.template.spec.containers[api].image',
        before: 'a:1',
        after: 'a:2',
      },
    ]);
  });

  it('keeps annotations that people set', () => {
    const object = { metadata: { name: 'x', annotations: { note: 'kept', 'firstmate.dev/plan': 'p' } } };
    expect(withoutNoise(object)).toEqual({ metadata: { name: 'x', annotations: { note: 'kept' } } });
  });
});

describe('JSON Pointers', () => {
  const object = { metadata: { annotations: { 'a/b~c': 'x' } }, list: [{ v: 1 }] };

  it('go through keys with slashes and tildes, and through lists', () => {
    expect(valueAt(object, '/metadata/annotations/a~1b~0c')).toBe('x');
    expect(valueAt(object, '/list/0/v')).toBe(1);
    expect(valueAt(object, '/list/x')).toBeUndefined();
    expect(valueAt(object, '/metadata/toString')).toBeUndefined();
  });

  it('stop at the first part that is missing, which a test for null can be put on', () => {
    expect(firstMissing(object, '/metadata/labels/app')).toBe('/metadata/labels');
    expect(firstMissing(object, '/metadata/annotations/a~1b~0c')).toBe('/metadata/annotations/a~1b~0c');
    expect(reviewedValue(object, '/metadata/labels')).toBeNull();
  });
});
