import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { lintPaths } from '../../src/documents/lint-paths.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/documents/bad');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('a document that does not hold gets every fault at once, at its place', () => {
  it.each(files)('%s', async (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const { faults } = await lintPaths([name], { list: async () => null, read: async () => text });
    const expected = readFileSync(join(FOLDER, name.replace('.yaml', '.expected.txt')), 'utf8');
    expect(`${faults.map(faultLine).join('\n')}\n`).toBe(expected);
  });
});
