import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { type Upcaster, upcast } from '../../src/store/upcast.ts';

const rename: Upcaster = (payload) => (isJsonObject(payload) ? { text: payload.note ?? '' } : payload);
const sign: Upcaster = (payload) => (isJsonObject(payload) ? { ...payload, by: 'unknown' } : payload);
const table = { 'note.added': [rename, sign], 'plan.expired': [] };

describe('an event of an older version', () => {
  it('is brought up step by step, from whatever version it has', () => {
    expect(upcast('note.added', 1, { note: 'hi' }, table)).toEqual({
      v: 3,
      payload: { text: 'hi', by: 'unknown' },
    });
    expect(upcast('note.added', 2, { text: 'hi' }, table)).toEqual({
      v: 3,
      payload: { text: 'hi', by: 'unknown' },
    });
    expect(upcast('note.added', 3, { text: 'hi', by: 'a' }, table)).toEqual({
      v: 3,
      payload: { text: 'hi', by: 'a' },
    });
    expect(upcast('plan.expired', 1, { plan: 'p' }, table)).toEqual({ v: 1, payload: { plan: 'p' } });
  });

  it('is refused, and never guessed at, when it is newer or unknown', () => {
    expect(() => upcast('note.added', 4, {}, table)).toThrow('up to version 3, not 4');
    expect(() => upcast('note.removed', 1, {}, table)).toThrow('does not know events of type note.removed');
    expect(() => upcast('toString', 1, {}, table)).toThrow('does not know');
  });
});
