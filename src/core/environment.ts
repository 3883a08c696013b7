/**
 * What happens with a plan: `assist` drafts it as a command to copy, `approve` waits for people, `auto` lets a policy
 * that asks for nobody's approval carry it out at once.
 */
export type Mode = 'assist' | 'approve' | 'auto';
export const MODES: readonly Mode[] = ['assist', 'approve', 'auto'];

/** Where a cluster stands: `production`, `staging`. */
export type Environment = { readonly name: string; readonly mode: Mode };

/** The environment of a cluster, null where none is named. One that nobody described has the mode `approve`. */
export function environmentOf(
  name: string | null | undefined,
  environments: readonly Environment[],
): Environment | null {
  if (name === null || name === undefined) return null;
  return environments.find((known) => known.name === name) ?? { name, mode: 'approve' };
}
