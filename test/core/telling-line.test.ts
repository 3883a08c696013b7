import { describe, expect, it } from 'vitest';
import { tellingLine, tellingLineOf } from '../../src/core/telling-line.ts';

describe('the telling line of a log', () => {
  it.each([
    [
      'a panic before an error',
      'error: retrying\npanic: config key PAYMENT_URL is not set\ngoroutine 1',
      'panic: config key PAYMENT_URL is not set',
    ],
    ['the last of equals', 'error: one\nerror: two\nbye', 'error: two'],
    [
      'a Java exception',
      'INFO start\njava.lang.IllegalStateException: no datasource',
      'java.lang.IllegalStateException: no datasource',
    ],
    ['nothing in a quiet log', 'INFO start\nINFO ready', null],
    ['no part of a word', 'terrors everywhere', null],
  ])('is %s', (_name, log, line) => {
    expect(tellingLine(log)).toBe(line);
  });

  it('is looked for in logs only', () => {
    expect(tellingLineOf({ items: [] })).toBeNull();
    expect(tellingLineOf({ lines: 1, text: 'fatal: no' })).toBe('fatal: no');
  });
});
