import { type Method, method } from '../method.ts';
import { profileShape, userShape } from '../shapes.ts';
import { pageOf } from './lookup.ts';

const info = method({
  name: 'users.info',
  scopes: ['users:read'],
  errors: ['user_not_found'],
  run: ({ state, args, scopes }, refuse) => {
    const user = state.users.get(args.text('user'));
    if (!user) throw refuse('user_not_found');
    return { user: userShape(state, user, scopes) };
  },
});

const list = method({
  name: 'users.list',
  scopes: ['users:read'],
  errors: ['invalid_cursor'],
  run: ({ state, args, scopes }, refuse) => {
    const { page, next } = pageOf(args, [...state.users.values()], {
      usual: 1000,
      most: 1000,
      invalidCursor: () => refuse('invalid_cursor'),
    });
    return {
      members: page.map((user) => userShape(state, user, scopes)),
      cache_ts: state.seconds(),
      response_metadata: { next_cursor: next },
    };
  },
});

const lookupByEmail = method({
  name: 'users.lookupByEmail',
  scopes: ['users:read.email'],
  errors: ['users_not_found'],
  run: ({ state, args, scopes }, refuse) => {
    const email = args.text('email').toLowerCase();
    const user = [...state.users.values()].find(
      (one) => one.email === email && email !== '' && !one.deleted && one.teamId === state.team.id,
    );
    if (!user) throw refuse('users_not_found');
    return { user: userShape(state, user, scopes) };
  },
});

const profile = method({
  name: 'users.profile.get',
  scopes: ['users.profile:read'],
  errors: ['user_not_found'],
  run: ({ state, args, scopes }, refuse) => {
    const user = state.users.get(args.has('user') ? args.text('user') : state.app.userId);
    if (!user) throw refuse('user_not_found');
    return { profile: profileShape(state, user, scopes) };
  },
});

const presence = method({
  name: 'users.getPresence',
  scopes: ['users:read'],
  run: ({ state, args }) => {
    const user = state.users.get(args.has('user') ? args.text('user') : state.app.userId);
    return { presence: user && !user.deleted ? 'active' : 'away' };
  },
});

export const userMethods: readonly Method[] = [info, list, lookupByEmail, profile, presence];
