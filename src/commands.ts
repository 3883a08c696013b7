import type { Actor } from './core/actor.ts';
import type { Catalog } from './core/catalog.ts';
import type { Clock } from './core/ports/clock.ts';
import { leastAccess } from './core/rbac.ts';
import type { Settings } from './core/settings.ts';
import type { LintReport } from './documents/lint-paths.ts';
import { pauseWrites, resumeWrites } from './flow/pause.ts';
import { openStoreFor as open } from './store/open.ts';
import type { Mode, Store } from './store/store.ts';

// What commands need beside the running bot. Rooms with large libraries are loaded when a command asks for them.

/**
 * The store that the settings name; `read` for commands that work beside the running bot.
 * @throws StoreRefused, StoreUnavailable: their messages say what to do
 */
export function openStoreFor(settings: Settings, mode: Mode): Promise<Store> {
  return open(settings, mode);
}

export async function loadCatalog(folders: Settings['folders']): Promise<Catalog> {
  return (await import('./documents/catalog.ts')).loadCatalog(folders);
}

/** As `lintPaths`, for the folders of the settings, whose files are named as `loadCatalog` names them. */
export async function lintFolders(folders: readonly string[]): Promise<LintReport> {
  const { displayName } = await import('./documents/catalog.ts');
  const { onDisk } = await import('./documents/files.ts');
  return (await import('./documents/lint-paths.ts')).lintPaths(folders, onDisk, displayName);
}

/** Checks files and folders of documents; never throws for what stands in them. */
export async function lintPaths(paths: readonly string[]): Promise<LintReport> {
  return (await import('./documents/lint-paths.ts')).lintPaths(paths);
}

export type Check = { readonly check: string; readonly ok: boolean; readonly says: string };

/** For `doctor`: what Slack says of our tokens, scopes, channel and teams. */
export async function checkSlack(
  slack: NonNullable<Settings['slack']>,
  teams: Settings['teams'],
): Promise<readonly Check[]> {
  return (await import('./slack/check.ts')).checkSlack(slack, teams);
}

/** For `doctor`: what each cluster lets the two identities do. */
export async function checkClusters(settings: Settings): Promise<readonly Check[]> {
  const { permissions } = await import('./kubernetes/permissions.ts');
  const access = leastAccess(await loadCatalog(settings.folders));
  const lines = await Promise.all(
    settings.clusters.map(async (cluster): Promise<readonly Check[]> => {
      const check = `cluster ${cluster.name}`;
      const signal = AbortSignal.timeout(settings.limits.stepTimeoutMs);
      const report = await permissions(cluster, access, {
        limits: settings.limits,
        onRefused: () => {},
        signal,
        now: () => new Date(),
      });
      if (report.status === 'failed') return [{ check, ok: false, says: report.says }];
      const wrong = report.permissions.filter(({ allowed, wanted }) => allowed !== wanted);
      if (wrong.length === 0)
        return [{ check, ok: true, says: 'Both identities may do what the documents need.' }];
      return wrong.map(({ identity, verb, resource, wanted }) => ({
        check,
        // `rbac --namespace` gives the writing identity its rights in some namespaces only, which is as well.
        ok: wanted && identity === 'writing',
        says: !wanted
          ? `The ${identity} identity may ${verb} ${resource}, and should not. Apply firstmate rbac.`
          : identity === 'writing'
            ? `The writing identity may not ${verb} ${resource} in every namespace; where it may not, plans fail in rehearsal.`
            : `The reading identity may not ${verb} ${resource}. Apply firstmate rbac.`,
      }));
    }),
  );
  return lines.flat();
}

/** For `pause` and `resume`, which work beside the running bot. False when it is so already. */
export async function setPaused(
  store: Store,
  clock: Clock,
  to: { readonly paused: boolean; readonly actor: Actor; readonly reason: string },
): Promise<boolean> {
  const deps = { ledger: store.ledger, clock };
  if (to.paused) return pauseWrites(deps, to);
  return (await resumeWrites(deps, to, async () => true)) === 'resumed';
}
