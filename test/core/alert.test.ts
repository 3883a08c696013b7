import { describe, expect, it } from 'vitest';
import { type AlertEpisode, alertNews } from '../../src/core/alert.ts';
import { at, makeAlert } from '../make.ts';

const firing: AlertEpisode = { ...makeAlert({ startsAt: at(0) }), status: 'firing' };
const ended: AlertEpisode = { ...firing, status: 'resolved', endsAt: at(60) };

describe('what a delivery adds', () => {
  it.each([
    ['the first firing', null, makeAlert(), { kind: 'fired', reason: 'first' }],
    ['a repeat', firing, makeAlert(), { kind: 'nothing', reason: 'repeat' }],
    [
      'another start of an open episode',
      firing,
      makeAlert({ startsAt: at(9) }),
      { kind: 'nothing', reason: 'repeat' },
    ],
    [
      'a firing that starts after the end',
      ended,
      makeAlert({ startsAt: at(61) }),
      { kind: 'fired', reason: 'new_episode' },
    ],
    [
      'a firing of the ended episode, late',
      ended,
      makeAlert({ startsAt: at(0) }),
      { kind: 'nothing', reason: 'late' },
    ],
    ['a resolution', firing, makeAlert({ status: 'resolved', endsAt: at(60) }), { kind: 'resolved' }],
    [
      'a second resolution',
      ended,
      makeAlert({ status: 'resolved', endsAt: at(60) }),
      { kind: 'nothing', reason: 'already_resolved' },
    ],
    [
      'a resolution of what never fired',
      null,
      makeAlert({ status: 'resolved' }),
      { kind: 'nothing', reason: 'never_fired' },
    ],
    [
      'a resolution of an earlier episode, late',
      { ...firing, startsAt: at(100) },
      makeAlert({ status: 'resolved', endsAt: at(60) }),
      { kind: 'nothing', reason: 'late' },
    ],
  ] as const)('%s', (_name, known, told, news) => {
    expect(alertNews(known, told)).toEqual(news);
  });
});
