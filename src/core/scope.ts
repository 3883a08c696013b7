import type { Restrictions } from './policy.ts';

/** Where a change takes place; null is not known. */
export type Where = {
  readonly cluster: string;
  readonly environment: string | null;
  /** All that it touches; empty for objects that have none. */
  readonly namespaces: readonly string[];
};

type Scope = Pick<Restrictions, 'clusters' | 'environments' | 'namespaces'>;

/** Whether a name fits a pattern; `*` stands for any run of characters, everything else for itself. */
export function globMatches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Why a change lies outside, as a phrase; null when it lies inside. What is not known lies outside. */
export function outside(scope: Scope, where: Where): string | null {
  const fits = (patterns: readonly string[], name: string) =>
    patterns.some((pattern) => globMatches(pattern, name));
  const { clusters, environments, namespaces } = scope;
  if (clusters !== undefined && !fits(clusters, where.cluster))
    return `in the clusters ${clusters.join(', ')}, not in ${where.cluster}`;
  if (environments !== undefined) {
    const list = environments.join(', ');
    if (where.environment === null)
      return `in the environments ${list}, and which one ${where.cluster} belongs to is not known`;
    if (!fits(environments, where.environment))
      return `in the environments ${list}, not in ${where.environment}`;
  }
  if (namespaces !== undefined) {
    const list = namespaces.join(', ');
    if (where.namespaces.length === 0) return `in the namespaces ${list}, and this is in none`;
    const other = where.namespaces.find((name) => !fits(namespaces, name));
    if (other !== undefined) return `in the namespaces ${list}, not in ${other}`;
  }
  return null;
}

/** Whether every place of the inner scope lies in the outer one too: then the inner one has nothing for itself. */
export function covers(outer: Scope, inner: Scope): boolean {
  return (['clusters', 'environments', 'namespaces'] as const).every((key) => {
    const wide = outer[key];
    if (wide === undefined) return true;
    return inner[key]?.every((pattern) => wide.some((other) => globMatches(other, pattern))) ?? false;
  });
}
