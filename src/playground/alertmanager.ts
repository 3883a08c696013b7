import { createHash } from 'node:crypto';
import type { PlaygroundAlert } from './kubernetes/alerts.ts';
import type { PlaygroundCluster } from './kubernetes/server.ts';

/** Plays Alertmanager for a playground cluster: delivers what fires and what resolved, and tries again after a failure. */
export type PlaygroundAlertmanager = {
  /** The bodies that were delivered, oldest first. */
  readonly deliveries: readonly unknown[];
  onDelivery(listener: () => void): () => void;
  stop(): Promise<void>;
};

const GROUP_WAIT_MS = 300;
const RETRY_MS = 1_000;
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** `url` is where webhooks go, such as `http://127.0.0.1:3000/webhooks/alertmanager/default`. */
export function startPlaygroundAlertmanager(cluster: PlaygroundCluster, url: string): PlaygroundAlertmanager {
  const deliveries: unknown[] = [];
  const listeners = new Set<() => void>();
  const told = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let delivering: Promise<void> | null = null;
  let stopped = false;

  function plan(ms: number): void {
    if (stopped || timer !== undefined || delivering !== null) return;
    timer = setTimeout(() => {
      timer = undefined;
      delivering = deliver().finally(() => {
        delivering = null;
        if (news().length > 0) plan(RETRY_MS);
      });
    }, ms);
  }

  function news(): PlaygroundAlert[] {
    return cluster
      .alerts()
      .filter((alert) => alert.status !== 'pending' && told.get(keyOf(alert)) !== stateOf(alert))
      .filter((alert) => alert.status === 'firing' || told.has(keyOf(alert)));
  }

  async function deliver(): Promise<void> {
    for (const alert of news()) {
      const body = webhookBody(alert);
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Alertmanager/playground' },
        body: JSON.stringify(body),
      }).catch(() => null);
      if (answer === null || answer.status >= 500) return;
      told.set(keyOf(alert), stateOf(alert));
      deliveries.push(body);
      for (const listener of listeners) listener();
    }
  }

  const unsubscribe = cluster.onChange(() => {
    if (news().length > 0) plan(GROUP_WAIT_MS);
  });
  return {
    deliveries,
    onDelivery(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearTimeout(timer);
      await delivering;
    },
  };
}

function keyOf(alert: PlaygroundAlert): string {
  return fingerprintOf(alert.labels);
}

function stateOf(alert: PlaygroundAlert): string {
  return `${alert.status} ${alert.startsAt}`;
}

/** As Alertmanager does, one id for one label set; the bits differ from its own. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}

/** A body of webhook version 4 with the one alert. */
function webhookBody(alert: PlaygroundAlert): unknown {
  const { alertname = '', namespace = '' } = alert.labels;
  return {
    receiver: 'firstmate',
    status: alert.status,
    alerts: [
      {
        status: alert.status,
        labels: alert.labels,
        annotations: alert.annotations,
        startsAt: alert.startsAt,
        endsAt: alert.endsAt ?? ZERO_TIME,
        generatorURL: 'http://prometheus.example:9090/graph',
        fingerprint: fingerprintOf(alert.labels),
      },
    ],
    groupLabels: { alertname, namespace },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: 'http://alertmanager.example:9093',
    version: '4',
    groupKey: `{}:{alertname="${alertname}", namespace="${namespace}"}`,
    truncatedAlerts: 0,
  };
}
