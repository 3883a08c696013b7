import { windowsOf } from '../core/freeze.ts';
import { DEFAULT_PROTECTED_NAMESPACES } from '../core/guards/protected-namespace.ts';
import type { AllowedAction, Policy, Restrictions } from '../core/policy.ts';
import { globMatches } from '../core/scope.ts';
import { tellNeverTrue } from './condition-never.ts';
import { at, type Cursor, items, present, warning } from './cursor.ts';

const DAY_MS = 86_400_000;
const SPAN_DAYS = 400;
/** Replace every replica of a workload. */
const ROLLOUTS: ReadonlySet<string> = new Set(['rollback', 'restart', 'set_image', 'set_resources']);

const OF_A_NODE: ReadonlySet<string> = new Set(['cordon', 'uncordon']);
const SCALES: ReadonlySet<string> = new Set(['scale', 'patch']);
/** Long enough for a leap day. */
const IDLE_DAYS = 9 * 366;

/** Tells of what holds by its form and yet can never allow anything. */
export function tellNever(root: Cursor, policy: Policy, entries: readonly Cursor[]): void {
  tellFrozen(root, policy.freezes ?? []);
  tellNeverTrue(root);
  tellIdle(root, policy.freezes ?? []);
  tellUnreached(root, policy.namespaces ?? []);
  for (const [index, cursor] of entries.entries()) {
    const action = policy.allowedActions[index];
    if (action === undefined) continue;
    tellFrozen(cursor, [...(policy.freezes ?? []), ...(action.freezes ?? [])]);
    tellApart(cursor, policy, action);
    tellNeverTrue(cursor);
    tellIdle(cursor, action.freezes ?? []);
    tellUnreached(cursor, action.namespaces ?? []);
    if (OF_A_NODE.has(action.type) && (policy.namespaces ?? action.namespaces) !== undefined)
      warning(
        cursor,
        `can never apply: a ${action.type} is of a node, which is in no namespace, and namespaces are named`,
      );
    if (action.limits?.replicaDelta !== undefined && !SCALES.has(action.type))
      warning(
        at(at(cursor, 'limits'), 'replica_delta'),
        `limits nothing: a ${action.type} leaves the number of replicas as it is`,
      );
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

/** A rule on which no day falls, such as the 30th of February, or whose last day was years ago. */
function tellIdle(cursor: Cursor, freezes: NonNullable<Restrictions['freezes']>): void {
  for (const [index, freeze] of freezes.entries()) {
    if (freeze.rrule === null) continue;
    const start = Date.parse(`${freeze.from ?? '2026-01-01T00:00'}Z`);
    try {
      if (windowsOf(freeze, start, start + IDLE_DAYS * DAY_MS).length === 0)
        warning(
          at(items(at(cursor, 'freezes'))[index] ?? cursor, 'rrule'),
          'never holds: no day fits this rule',
        );
    } catch {
      // A freeze that cannot be evaluated has an error of its own.
    }
  }
}

/** A protected namespace has to be named in full. */
function tellUnreached(cursor: Cursor, namespaces: readonly string[]): void {
  for (const [index, pattern] of namespaces.entries()) {
    const missed = DEFAULT_PROTECTED_NAMESPACES.filter(
      (name) =>
        pattern !== '*' && pattern.includes('*') && globMatches(pattern, name) && !namespaces.includes(name),
    );
    if (missed.length > 0)
      warning(
        items(at(cursor, 'namespaces'))[index] ?? cursor,
        `does not reach ${missed.join(', ')}: a protected namespace has to be named in full`,
      );
  }
}
