import { fraction, type Life, type StormAlert, type StormGroup } from './alerts.ts';

/** Alertmanager's `group_wait` and `group_interval`, in milliseconds. */
export type GroupTimes = { readonly waitMs: number; readonly intervalMs: number };

export type Telling = {
  /** Which of the peers: each has timers and a log of its own. */
  readonly peer: string;
  readonly times: GroupTimes;
  /** When the storm began, in milliseconds since 1970. */
  readonly beganAt: number;
  /** Waits until so many milliseconds after that. */
  readonly until: (ms: number) => Promise<void>;
  /** Hands a body over; resolves once it was answered 2xx, however often it had to be tried. */
  readonly deliver: (body: string) => Promise<void>;
  /** Called when it was: what a fingerprint does, as the receiver knows it from now on. */
  readonly told: (fingerprint: string, status: 'firing' | 'resolved') => void;
};

/**
 * One group of one peer, as Alertmanager's dispatcher tells it: the first time after the group's wait, then once an
 * interval where something is new, every alert of the group in each notification, one notification at a time; what
 * resolved is told once more and then left out.
 * https://github.com/prometheus/alertmanager/blob/v0.28.0/dispatch/dispatch.go
 */
export async function tellGroup(group: StormGroup, telling: Telling): Promise<void> {
  const { peer, times, beganAt } = telling;
  const names = Object.entries(group.groupLabels).map(([name, value]) => `${name}="${value}"`);
  const groupKey = `{}:{${names.sort().join(', ')}}`;
  const changes = group.alerts.flatMap(({ lives }) => lives.flatMap(({ from, to }) => [from, to ?? from]));
  const lastChange = Math.max(...changes);
  const first = Math.min(...changes) + times.waitMs;
  const log = new Map<string, string>();

  // No two groups' timers go off together, and no two peers'.
  const phase = fraction(`${peer} ${groupKey}`) * times.intervalMs;
  for (let flush = first + phase; ; flush += times.intervalMs) {
    await telling.until(flush);
    const known = group.alerts
      .map((alert) => ({ alert, life: lifeAt(alert, flush) }))
      .filter(isKnown)
      .filter(({ alert, life }) => isFiring(life, flush) || log.get(alert.fingerprint) !== sign(life, flush));
    const news = known.filter(({ alert, life }) => log.get(alert.fingerprint) !== sign(life, flush));
    if (news.length > 0) {
      const alerts = known.map(({ alert, life }) => wireOf(alert, life, flush, beganAt));
      await telling.deliver(bodyOf(groupKey, group, alerts));
      for (const { alert, life } of known) {
        log.set(alert.fingerprint, sign(life, flush));
        telling.told(alert.fingerprint, isFiring(life, flush) ? 'firing' : 'resolved');
      }
    }
    if (flush >= lastChange) return;
  }
}

type Known = { readonly alert: StormAlert; readonly life: Life };

function lifeAt({ lives }: StormAlert, ms: number): Life | undefined {
  return lives.findLast(({ from }) => from <= ms);
}

function isKnown(one: { readonly alert: StormAlert; readonly life: Life | undefined }): one is Known {
  return one.life !== undefined;
}

function isFiring({ to }: Life, ms: number): boolean {
  return to === null || to > ms;
}

function sign(life: Life, ms: number): string {
  return isFiring(life, ms) ? 'firing' : `resolved ${life.to}`;
}

type Wire = { readonly status: 'firing' | 'resolved' };

function wireOf({ fingerprint, labels, annotations }: StormAlert, life: Life, ms: number, beganAt: number) {
  const firing = isFiring(life, ms);
  return {
    status: firing ? ('firing' as const) : ('resolved' as const),
    labels,
    annotations,
    startsAt: new Date(beganAt + life.from).toISOString(),
    endsAt: firing || life.to === null ? '0001-01-01T00:00:00Z' : new Date(beganAt + life.to).toISOString(),
    generatorURL: `http://prometheus.example:9090/graph?g0.expr=${labels.alertname}&g0.tab=1`,
    fingerprint,
  };
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
function bodyOf(groupKey: string, group: StormGroup, alerts: readonly Wire[]): string {
  return JSON.stringify({
    version: '4',
    groupKey,
    truncatedAlerts: 0,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'firstmate',
    groupLabels: group.groupLabels,
    commonLabels: group.groupLabels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example:9093',
    alerts,
  });
}
