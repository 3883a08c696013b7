import { describe, expect, it } from 'vitest';
import { personOf } from '../../src/slack/person.ts';

const SELF = { team: 'T1', enterprise: null, userId: 'UBOT', botId: null, url: '' };
const GRID = { ...SELF, enterprise: 'E1' };
const user = { id: 'U1', team_id: 'T1', name: 'ada', profile: { display_name: '', real_name: 'Ada Okafor' } };

describe('a user object', () => {
  it('gives the name that people see', () => {
    expect(personOf('U1', user, SELF)?.name).toBe('Ada Okafor');
  });

  it('of a single-channel guest is a guest’s', () => {
    expect(personOf('U1', { ...user, is_ultra_restricted: true }, SELF)?.guest).toBe(true);
  });

  it('that Slack calls a stranger is one, whatever its team', () => {
    expect(personOf('U1', { ...user, is_stranger: true }, SELF)?.stranger).toBe(true);
  });

  it('of another home workspace of the grid is no stranger when the person is in ours too', () => {
    const there = { ...user, team_id: 'T2', enterprise_user: { enterprise_id: 'E1', teams: ['T1', 'T2'] } };
    expect(personOf('U1', there, GRID)?.stranger).toBe(false);
    expect(personOf('U1', there, SELF)?.stranger).toBe(true);
    const elsewhere = { ...there, enterprise_user: { enterprise_id: 'E1', teams: ['T2'] } };
    expect(personOf('U1', elsewhere, GRID)?.stranger).toBe(true);
    const foreign = { ...there, enterprise_user: { enterprise_id: 'E2', teams: ['T1'] } };
    expect(personOf('U1', foreign, GRID)?.stranger).toBe(true);
  });

  it('counts for nobody when it is another person’s or names no workspace', () => {
    expect(personOf('U2', user, SELF)).toBeNull();
    expect(personOf('U1', { id: 'U1' }, SELF)).toBeNull();
    expect(personOf('U1', undefined, SELF)).toBeNull();
  });
});
