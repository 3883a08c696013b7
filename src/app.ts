import { randomBytes } from 'node:crypto';
import { faultLine } from './core/catalog.ts';
import { documentNotice } from './core/document-notice.ts';
import { environmentOf } from './core/environment.ts';
import type { TimelineEvent, Timing } from './core/events.ts';
import { closedToReading } from './core/guards/protected-namespace.ts';
import type { Clock, Log } from './core/ports/clock.ts';
import type { Settings } from './core/settings.ts';
import { createCounting } from './flow/count-alerts.ts';
import { startDeliverer } from './flow/deliver.ts';
import { createLookAround } from './flow/look-around.ts';
import { createMailbox } from './flow/mailbox.ts';
import { nothingLately } from './flow/memories.ts';
import { noteSilences } from './flow/note-silences.ts';
import { HEADS, headPublisher } from './flow/publish-heads.ts';
import { recordRefusal } from './flow/record-refusal.ts';
import type { OpeningRules } from './flow/route-alert.ts';
import type { Running } from './flow/run-incidents.ts';
import { tellRefused } from './flow/tell-refused.ts';
import { watchInbox } from './flow/watch-inbox.ts';
import { watchLedger } from './flow/watch-ledger.ts';
import { watchSenders } from './flow/watch-senders.ts';
import { readDelivery } from './ingest/alert-sources.ts';
import { headsFile } from './store/heads-file.ts';
import { openStoreFor } from './store/open.ts';
import type { Store } from './store/store.ts';

/** Everything that runs, started. Tests start the same function. */
export type App = {
  /** Where webhooks go, and where health, metrics and the console are. */
  readonly url: string;
  readonly adminUrl: string;
  readonly store: Store;
  /** Does what is due by time; the process calls it every second, tests when they moved the clock. */
  tick(): Promise<void>;
  /** Resolves when nothing runs that could go on now. */
  idle(): Promise<void>;
  /** Not ready any more, no new claims; the write under way is finished and recorded, the rest stays in the outbox. */
  stop(): Promise<void>;
};

export type AppOptions = {
  readonly log: Log;
  readonly clock: Clock;
  /** Told of every event once it is on disk. */
  readonly onEvents?: (events: readonly TimelineEvent[]) => void;
};

/**
 * Builds the parts from the settings and starts them. Slack or a cluster being down does not keep it from starting.
 * @throws StoreRefused, SlackRefused: their messages say what to do
 */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const store = await openStoreFor(settings, 'own');
  try {
    return await startOn(store, settings, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startOn(store: Store, settings: Settings, options: AppOptions): Promise<App> {
  const { log, clock } = options;
  if (settings.slack === null) throw new Error('startApp needs Slack settings');
  const now = (): Date => new Date(clock.now());
  // A second of libraries for HTTP, Slack, Kubernetes and calendars, which commands that only read the store do without.
  const { createAdminServer } = await import('./console/admin.ts');
  const { createMetrics } = await import('./console/metrics.ts');
  const { loadCatalog } = await import('./documents/catalog.ts');
  const { answerPeople } = await import('./flow/answer-people.ts');
  const { startRunner } = await import('./flow/run-incidents.ts');
  const { createPublicServer } = await import('./ingest/server.ts');
  const { connectClusters } = await import('./kubernetes/clusters.ts');
  const { connectMetrics } = await import('./prometheus/connect.ts');
  const { readSilences } = await import('./prometheus/silences.ts');
  const { connectSlack } = await import('./slack/connect.ts');
  const catalog = await loadCatalog(settings.folders, { stepTimeoutMs: settings.limits.stepTimeoutMs });
  for (const fault of catalog.faults) log.warn({ fault: faultLine(fault) }, 'document.fault');

  const environmentNamed = (name: string): string | null =>
    settings.clusters.find((cluster) => cluster.name === name)?.environment ?? null;
  const stopping = new AbortController();
  const metrics = createMetrics({
    unfinished: async () => (await store.ledger.unfinished()).length,
    lanes: async () => (await store.outbox.lanes()).length,
  });
  const ledger = watchLedger(store.ledger, (events, incident) => {
    for (const event of events) {
      metrics.event(event.type);
      log.info({ stream: event.stream, seq: event.seq, type: event.type }, 'event');
    }
    options.onEvents?.(events);
    deliverer.kick();
    if (incident !== null) runner.wake(incident.id);
  });

  const connected = await connectClusters(settings.clusters, {
    limits: settings.limits,
    log,
    now,
    protectedNamespaces: (cluster) =>
      closedToReading(
        catalog.policies,
        { cluster, environment: environmentNamed(cluster) },
        settings.protectedNamespaces,
      ),
    onRefused: (refusal) => {
      metrics.refusedRequest(refusal.cluster);
      log.warn(refusal, 'gate.refused');
      recordRefusal({ ledger, clock }, refusal).catch((error: unknown) =>
        log.error({ error: String(error) }, 'gate.refusal_not_recorded'),
      );
    },
  });
  for (const fault of connected.faults) log.error({ fault }, 'cluster.fault');

  const running: Running = {
    ledger,
    clock,
    log,
    mailbox: createMailbox(),
    catalog: () => catalog,
    clusters: connected.clusters,
    metricsOf: connectMetrics(settings.clusters),
    people: {
      person: (user, asOf) => slack.people.person(user, asOf),
      members: (team, asOf) => slack.people.members(team, asOf),
    },
    teams: () => settings.teams,
    protectedNamespaces: settings.protectedNamespaces,
    environmentOf: (cluster) => environmentOf(environmentNamed(cluster), settings.environments),
    readsPerIncident: settings.limits.readsPerIncident,
    investigationMs: settings.limits.investigationMs,
    writeTimeoutMs: settings.limits.writeTimeoutMs,
    planValidMs: settings.limits.planValidMs,
    newPlanId: () => `plan-${randomBytes(12).toString('base64url')}`,
  };
  const lately = nothingLately();
  const counting = createCounting({ ...running, alerts: store.alerts });
  const pagers = new Set(settings.sources.filter(({ kind }) => kind === 'pagerduty').map(({ name }) => name));
  const rules = (): OpeningRules => ({
    openWhen: settings.openWhen,
    services: catalog.services,
    defaultResponder: settings.defaultResponder,
    timing: timingOf(settings),
    maintenance: settings.maintenance,
    pagers,
  });
  const clusterNames = settings.clusters.map(({ name }) => name);
  const slack = await connectSlack({
    settings: settings.slack,
    actions: answerPeople({
      ...running,
      breakGlass: settings.breakGlass,
      alerts: store.alerts,
      lately,
      counting,
      rules,
      clusterNames: () => clusterNames,
    }),
    clusters: clusterNames,
    teams: settings.teams,
    defaultResponder: settings.defaultResponder,
    log,
    now,
  });
  const deliverer = startDeliverer({ ...running, outbox: store.outbox, messenger: slack.messenger });
  const runner = startRunner(running);
  const senders = watchSenders({
    ...running,
    alerts: store.alerts,
    sources: settings.sources.flatMap(({ name, repeats }) =>
      repeats === null ? [] : [{ name, repeatMs: repeats.alertMs, watchdogMs: repeats.watchdogMs }],
    ),
  });
  const silences = noteSilences(
    { ...running, silences: readSilences(settings.clusters, clock) },
    stopping.signal,
  );
  const heads = headPublisher({
    ledger: store,
    outbox: store.outbox,
    file: settings.audit.headsFile === null ? null : headsFile(settings.audit.headsFile),
    clock,
    log,
    everyMs: settings.audit.everyMs,
  });
  const inbox = watchInbox(
    {
      ...running,
      inbox: store.inbox,
      alerts: store.alerts,
      lately,
      counting,
      lookAround: createLookAround(running),
      rules,
      read: (delivery) => readDelivery(delivery, settings.sources),
    },
    stopping.signal,
  );

  let accepting = true;
  const refused = tellRefused({ outbox: store.outbox, clock, log, stored: deliverer.kick });
  const publicServer = await createPublicServer({
    settings,
    log,
    inbox: store.inbox,
    now: clock.now,
    stored: inbox.look,
    accepting: () => accepting,
    answered: (source, status) => {
      metrics.answered(source, status);
      refused(source, status);
    },
    ...(slack.receive === null ? {} : { slack: slack.receive }),
  });
  const adminServer = createAdminServer({
    metrics: metrics.registry,
    notReady: () => (accepting ? null : 'stopping'),
  });
  const { host, port, adminHost, adminPort } = settings.http;
  const url = await publicServer.listen({ host, port });
  const adminUrl = await adminServer.listen({ host: adminHost, port: adminPort });

  await store.outbox.put(documentNotice(catalog.faults), clock.now());
  await slack.start();
  await runner.resume();
  // What was counted last may have been lost with the process.
  for (const id of await store.ledger.unfinished()) counting.changed(id);
  inbox.look();
  deliverer.kick();
  log.info({ url, adminUrl, clusters: clusterNames }, 'started');

  const idle = async (): Promise<void> => {
    await inbox.idle();
    await runner.idle();
    await deliverer.idle();
  };
  return {
    url,
    adminUrl,
    store,
    async tick() {
      inbox.look();
      await counting.count();
      await senders.look();
      await silences.look();
      await runner.tick();
      await heads.tick();
      deliverer.kick();
    },
    idle,
    async stop() {
      // One after the other, in one go: no webhook and no click is taken any more, and nothing is claimed. Only then is waited.
      accepting = false;
      stopping.abort();
      const acknowledged = slack.stop();
      await runner.stop();
      await acknowledged;
      await inbox.idle();
      await deliverer.stop();
      await publicServer.close();
      await adminServer.close();
      await connected.close();
      await running.mailbox.idle();
      await heads.publish();
      await deliverer.flush(HEADS);
      await store.close();
      log.info({}, 'stopped');
    },
  };
}

function timingOf({ limits }: Settings): Timing {
  const { channelGraceMs, quietMs, clearingMs, reopenMs } = limits;
  return { channelGraceMs, quietMs, clearingMs, reopenMs };
}
