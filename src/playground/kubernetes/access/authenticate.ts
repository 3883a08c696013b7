import { randomBytes } from 'node:crypto';
import { StatusError } from '../status.ts';

export type User = { name: string; uid?: string; groups: string[]; extra?: Record<string, string[]> };

/** A user as a bearer token names it; `endsAt`, in ms of the cluster's clock, where the token expires. */
export type TokenOwner = User & { endsAt?: number };

/** The bearer tokens that the cluster knows, each with the user it stands for. */
export type Tokens = Map<string, TokenOwner>;

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export function serviceAccountUser(namespace: string, name: string, uid?: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

export function issueToken(tokens: Tokens, user: TokenOwner): string {
  const token = randomBytes(24).toString('base64url');
  tokens.set(token, user);
  return token;
}

/** Who a token stands for now; undefined for one that is not known, or that expired. */
export function tokenUser(tokens: Tokens, token: string, now: number): User | undefined {
  const owner = tokens.get(token);
  if (owner === undefined) return undefined;
  const { endsAt, ...user } = owner;
  return endsAt !== undefined && endsAt <= now ? undefined : user;
}

/**
 * Who sends a request: the owner of its bearer token, or `system:anonymous` without one.
 * Throws 401 for a token that is not known or expired.
 */
export function authenticate(tokens: Tokens, authorization: string | undefined, now: number): User {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return ANONYMOUS;
  const user = tokenUser(tokens, token, now);
  if (user === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
  return user;
}

/** The user a request acts as, from its Impersonate headers; only members of system:masters may impersonate. */
export function impersonated(
  user: User,
  headers: { user: string | undefined; groups: string[] },
): { user: User; denied: boolean } {
  if (headers.user === undefined) {
    if (headers.groups.length === 0) return { user, denied: false };
    const groups = headers.groups.map((group) => `"${group}"`).join(', ');
    throw new StatusError(
      400,
      'BadRequest',
      `requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{${groups}}, Extra:map[string][]string(nil)} without impersonating a user name`,
    );
  }
  if (!user.groups.includes('system:masters')) return { user, denied: true };
  return { user: { name: headers.user, groups: [...headers.groups, 'system:authenticated'] }, denied: false };
}
