import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { methodTable } from '../../../src/playground/slack/methods/table.ts';

type Reference = { common: string[]; methods: Record<string, string[]> };

const reference: Reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/playground-slack/method-errors.json'), 'utf8'),
);
const methods = [...methodTable(() => '').values()];

test.each(methods)('$name answers no error code that Slack’s reference does not list', ({ name, errors }) => {
  const listed = [...reference.common, ...(reference.methods[name] ?? [])];
  expect(errors.filter((code) => !listed.includes(code))).toEqual([]);
});

test('every method is one of Slack’s', () => {
  expect(methods.map((method) => method.name).sort()).toEqual(Object.keys(reference.methods).sort());
});
