import type { Catalog } from './catalog.ts';
import type { ActionType } from './operation.ts';
import { isChange, needsOf, servicesThatAllow } from './rbac.ts';
import { WRITE_SPECS } from './write-operations.ts';

/** One kind of request that the writing identity may make, and for which types of action. */
export type Admitted = {
  /** The operation as admission control names it. */
  readonly operation: 'UPDATE' | 'DELETE' | 'CREATE';
  readonly group: string;
  /** `deployments`, `pods/eviction`. */
  readonly resource: string;
  readonly types: readonly ActionType[];
};

/** How many replicas a scale may ask for: the widest that any policy allows; `max` null: no policy bounds it. */
export type ReplicaBounds = { readonly min: number; readonly max: number | null };

export type Belt = {
  readonly admitted: readonly Admitted[];
  readonly replicas: ReplicaBounds;
  /** Names and `*` globs that all policies together are about; null: one of them is about every namespace. */
  readonly namespaces: readonly string[] | null;
  /** Namespaces that a policy names in full, which opens protected ones. */
  readonly named: readonly string[];
};

/**
 * What the loaded documents can lead to, seen from the cluster: the changes that a runbook's action names and a policy
 * allows, by resource.
 */
export function beltOf(catalog: Pick<Catalog, 'runbooks' | 'policies'>): Belt {
  const needs = catalog.runbooks.flatMap((runbook) =>
    runbook.actions
      .filter(({ type }) => servicesThatAllow(catalog, type).length > 0)
      .flatMap(({ type, run }) =>
        needsOf(run, runbook, runbook.name)
          .filter(isChange)
          .flatMap(({ verb, group, resource }) =>
            [type, ...inversesOf(type).filter((back) => servicesThatAllow(catalog, back).length > 0)].map(
              (one) => ({ operation: operationOf(verb), group, resource, type: one }),
            ),
          ),
      ),
  );
  const byRequest = Map.groupBy(needs, (need) => `${need.operation} ${need.group}/${need.resource}`);
  const admitted = [...byRequest.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, same]) => {
      const [first] = same;
      if (first === undefined) return [];
      const { type: _, ...request } = first;
      return [{ ...request, types: [...new Set(same.map(({ type }) => type))].toSorted() }];
    });
  return { admitted, replicas: replicaBounds(catalog), ...placesOf(catalog) };
}

/** The types of action that take one back: an undo is a plan of its own. */
function inversesOf(type: ActionType): readonly ActionType[] {
  const specs = Object.values(WRITE_SPECS).filter(({ actionType }) => actionType === type);
  return specs.flatMap(({ takenBackBy }) => takenBackBy.map((verb) => WRITE_SPECS[verb].actionType));
}

function placesOf({ policies }: Pick<Catalog, 'policies'>): Pick<Belt, 'namespaces' | 'named'> {
  const scopes = policies.flatMap((policy) =>
    policy.allowedActions.map((action) => action.namespaces ?? policy.namespaces ?? null),
  );
  const given = scopes.filter((scope) => scope !== null);
  const all = [...new Set(given.flat())].toSorted();
  return {
    namespaces: given.length < scopes.length || scopes.length === 0 ? null : all,
    named: all.filter((name) => !name.includes('*')),
  };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules */
function operationOf(verb: string): Admitted['operation'] {
  switch (verb) {
    case 'delete':
      return 'DELETE';
    case 'post':
    case 'create':
      return 'CREATE';
    default:
      return 'UPDATE';
  }
}

function replicaBounds({ policies }: Pick<Catalog, 'policies'>): ReplicaBounds {
  const scales = policies.flatMap(({ allowedActions }) =>
    allowedActions.filter(({ type }) => type === 'scale'),
  );
  const maxima = scales.map(({ maxReplicas }) => maxReplicas);
  const bounded = maxima.filter((max) => max !== null);
  return {
    min: scales.length === 0 ? 0 : Math.min(...scales.map(({ minReplicas }) => minReplicas ?? 0)),
    max: bounded.length === 0 || bounded.length < maxima.length ? null : Math.max(...bounded),
  };
}
