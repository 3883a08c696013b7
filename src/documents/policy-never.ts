import { windowsOf } from '../core/freeze.ts';
import type { AllowedAction, Policy, Restrictions } from '../core/policy.ts';
import { globMatches } from '../core/scope.ts';
import { at, type Cursor, present, warning } from './cursor.ts';

const DAY_MS = 86_400_000;
const SPAN_DAYS = 400;
/** Replace every replica of a workload. */
const ROLLOUTS: ReadonlySet<string> = new Set(['rollback', 'restart', 'set_image', 'set_resources']);

/** Tells of what holds by its form and yet can never allow anything. */
export function tellNever(root: Cursor, policy: Policy, entries: readonly Cursor[]): void {
  tellFrozen(root, policy.freezes ?? []);
  for (const [index, cursor] of entries.entries()) {
    const action = policy.allowedActions[index];
    if (action === undefined) continue;
    tellFrozen(cursor, [...(policy.freezes ?? []), ...(action.freezes ?? [])]);
    tellApart(cursor, policy, action);
    const share = Math.min(policy.limits?.shareOfReplicas ?? 1, action.limits?.shareOfReplicas ?? 1);
    if (share < 1 && ROLLOUTS.has(action.type))
      warning(
        cursor,
        `can never apply: a ${action.type} touches every replica, and share_of_replicas allows ${share}`,
      );
  }
}

/** Freezes that leave no moment of more than a year open. */
function tellFrozen(cursor: Cursor, freezes: NonNullable<Restrictions['freezes']>): void {
  const place = at(cursor, 'freezes');
  const recurring = freezes.filter(({ rrule }) => rrule !== null);
  if (!present(place) || recurring.length === 0) return;
  const starts = recurring.map(({ from }) => Date.parse(`${from ?? '2026-01-01T00:00'}Z`));
  const start = Math.max(...starts) + 2 * DAY_MS;
  const end = start + SPAN_DAYS * DAY_MS;
  try {
    const windows = recurring
      .flatMap((freeze) => windowsOf(freeze, start, end))
      .toSorted((a, b) => a.start - b.start);
    let frozen = start;
    for (const window of windows) if (window.start <= frozen) frozen = Math.max(frozen, window.end);
    if (frozen >= end)
      warning(place, 'nothing can ever be changed: together the freezes leave no moment open');
  } catch {
    // A freeze that cannot be evaluated has an error of its own.
  }
}

/** An entry for places that the policy's own list leaves out. */
function tellApart(cursor: Cursor, policy: Policy, action: AllowedAction): void {
  for (const key of ['clusters', 'environments', 'namespaces'] as const) {
    const [outer, inner] = [policy[key], action[key]];
    if (outer === undefined || inner === undefined) continue;
    const meet = inner.some((one) =>
      outer.some((other) => globMatches(other, one) || globMatches(one, other) || bothGlobs(one, other)),
    );
    if (!meet)
      warning(
        at(cursor, key),
        `can never apply: the policy itself speaks only of the ${key} ${outer.join(', ')}`,
      );
  }
}

function bothGlobs(one: string, other: string): boolean {
  return one.includes('*') && other.includes('*');
}
