import { describe, expect, it } from 'vitest';
import { refusedNotice } from '../../src/core/refused-notice.ts';
import { AT, at } from '../make.ts';

describe('a refused delivery', () => {
  it('is told, by source and reason', () => {
    const notice = refusedNotice('prod', 401, AT);
    expect(notice?.intent).toEqual({
      kind: 'notice',
      text: 'Deliveries for the source "prod" are refused (401): the secret was missing or wrong. Their alerts do not reach firstmate; its log has a line for each.',
    });
  });

  it('is told once an hour, for each source and reason', () => {
    const keys = [AT, at(60), at(3600)].map((now) => refusedNotice('prod', 401, now)?.key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(refusedNotice('staging', 401, AT)?.key).not.toBe(keys[0]);
    expect(refusedNotice('prod', 400, AT)?.key).not.toBe(keys[0]);
  });

  it('for a source that is not there is one notice, which does not repeat its name', () => {
    const [a, b] = ['<!channel> pay me', 'other'].map((source) => refusedNotice(source, 404, AT));
    expect(a).toEqual(b);
    expect(JSON.stringify(a)).not.toContain('pay me');
  });

  it('is not told for what is taken or tried again', () => {
    for (const status of [202, 503, 500]) expect(refusedNotice('prod', status, AT)).toBeNull();
  });
});
