import fc from 'fast-check';
import type { SourceKind } from '../../src/core/settings.ts';
import { at } from '../make.ts';

/** A body as its sender sent it. `id`: PagerDuty's own of the webhook. */
export type Sent = {
  readonly source: string;
  readonly kind: SourceKind;
  readonly id: string | null;
  readonly body: string;
  /** The pager's incident that it is about, and whether that is open then. */
  readonly page: { readonly alert: string; readonly open: boolean } | null;
};

/** What happened, what was sent of it in the order in which it happened, and how it ended. */
export type History = {
  readonly sent: readonly Sent[];
  /** `source/fingerprint` of what Alertmanager has firing in the end; null where a limit kept it from telling all. */
  readonly firing: readonly string[] | null;
  /** Alerts that are stored only. */
  readonly quiet: ReadonlySet<string>;
};

type AlertStory = {
  readonly group: number;
  readonly severity: string;
  readonly workload: string;
  readonly episodes: readonly { readonly pause: number; readonly lasts: number }[];
  readonly open: boolean;
};
type Flush = { readonly peer: number; readonly group: number; readonly at: number; readonly move: number };
type PageStory = { readonly steps: readonly { readonly type: string; readonly pause: number }[] };

/** Later than everything that happens; the last words of everybody. */
const END = 200;

const alertStory: fc.Arbitrary<AlertStory> = fc.record({
  group: fc.constantFrom(0, 0, 1),
  severity: fc.constantFrom('critical', 'critical', 'warning', 'info'),
  workload: fc.constantFrom('api', 'web'),
  episodes: fc.array(
    fc.record({ pause: fc.integer({ min: 1, max: 30 }), lasts: fc.integer({ min: 2, max: 30 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  open: fc.boolean(),
});
const flush: fc.Arbitrary<Flush> = fc.record({
  peer: fc.nat({ max: 1 }),
  group: fc.constantFrom(0, 0, 1),
  at: fc.integer({ min: 1, max: END - 1 }),
  move: fc.nat({ max: 99 }),
});
const pageStory: fc.Arbitrary<PageStory> = fc.record({
  steps: fc.array(
    fc.record({
      type: fc.constantFrom('acknowledged', 'reassigned', 'priority_updated', 'resolved', 'reopened'),
      pause: fc.constantFrom(0, 0, 1, 20),
    }),
    { maxLength: 5 },
  ),
});

/** Alerts of two groups, told by one or two peers to one or two sources, whole or cut; and a pager's incidents. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    alerts: fc.array(alertStory, { minLength: 1, maxLength: 5 }),
    flushes: fc.array(flush, { minLength: 2, maxLength: 14 }),
    peers: fc.integer({ min: 1, max: 2 }),
    /** The receiver's `max_alerts`; null: no limit. */
    most: fc.constantFrom(null, 1, 1, 2),
    /** Another Alertmanager with a source of its own tells the very same. */
    twin: fc.boolean(),
    pages: fc.array(pageStory, { maxLength: 2 }),
  })
  .map(({ alerts, flushes, peers, most, twin, pages }) => {
    const last = [0, 1].map((group): Flush => ({ peer: 0, group, at: END, move: 0 }));
    const inTime = [...flushes.map((one) => ({ ...one, peer: one.peer % peers })), ...last].toSorted(
      (a, b) => a.at - b.at,
    );
    const teller = createTeller(alerts, most);
    const bodies = inTime.map(teller).filter((body) => body !== null);
    const sources = twin ? ['default', 'twin'] : ['default'];
    const names = alerts.map((_, index) => `f${index}`);
    const [open, quiet] = [
      names.filter((_, index) => alerts[index]?.open),
      names.filter((_, index) => alerts[index]?.severity === 'info'),
    ];
    const everywhere = (list: readonly string[]) =>
      sources.flatMap((source) => list.map((name) => `${source}/${name}`));
    return {
      sent: [
        ...bodies.flatMap((body) =>
          sources.map((source): Sent => ({ source, kind: 'alertmanager', id: null, body, page: null })),
        ),
        ...pages.flatMap(pageEvents),
      ],
      firing: most === null ? everywhere(open).sort() : null,
      quiet: new Set(everywhere(quiet)),
    };
  });

type Span = { readonly start: number; readonly end: number | null };

function spansOf({ episodes, open }: AlertStory): readonly Span[] {
  let time = 0;
  return episodes.map(({ pause, lasts }, index) => {
    const start = time + pause;
    time = start + lasts;
    return { start, end: open && index === episodes.length - 1 ? null : time };
  });
}

/** What Alertmanager puts into a notification at a time; a peer tells of an end once, and counts it as told when cut. */
function createTeller(alerts: readonly AlertStory[], most: number | null): (flush: Flush) => string | null {
  const ended = new Set<string>();
  return ({ peer, group, at: now, move }) => {
    const all = alerts.flatMap((alert, index) => {
      if (alert.group !== group) return [];
      const span = spansOf(alert).findLast(({ start }) => start <= now);
      if (span === undefined) return [];
      const over = span.end !== null && span.end <= now;
      const name = `${peer} ${index} ${span.start}`;
      if (over && ended.has(name)) return [];
      if (over) ended.add(name);
      // Peers and reloads of rules move the start of an open episode, never past its end or the present.
      const room = Math.min(now, span.end === null ? now : span.end - 1) - span.start;
      const { severity, workload } = alert;
      return [
        {
          status: over ? 'resolved' : 'firing',
          labels: { alertname: `A${index}`, namespace: `ns${group}`, deployment: workload, severity },
          annotations: {},
          startsAt: at(span.start + (room > 0 ? move % (room + 1) : 0)),
          endsAt: over ? at(span.end) : '0001-01-01T00:00:00Z',
          generatorURL: '',
          fingerprint: `f${index}`,
        },
      ];
    });
    if (all.length === 0) return null;
    const told = all.slice(0, most ?? all.length);
    return JSON.stringify({
      version: '4',
      groupKey: `{}:{namespace="ns${group}"}`,
      status: told.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      receiver: 'firstmate',
      externalURL: `http://alertmanager-${peer}:9093`,
      truncatedAlerts: all.length - told.length,
      alerts: told,
    });
  };
}

/** The webhooks of one PagerDuty incident: triggered, and then what people do to it. */
function pageEvents({ steps }: PageStory, index: number): readonly Sent[] {
  let time = 0;
  let status = 'triggered';
  return [{ type: 'triggered', pause: 1 }, ...steps].flatMap(({ type, pause }, step): Sent[] => {
    // PagerDuty does nothing to a resolved incident but open it again, and opens none that is open.
    if ((status === 'resolved') !== (type === 'reopened') && type !== 'triggered') return [];
    // Who resolves may do so within the same millisecond; nobody can tell whether that holds for opening it again.
    time += type === 'reopened' ? pause + 1 : pause;
    if (type === 'resolved') status = 'resolved';
    else if (type === 'acknowledged') status = 'acknowledged';
    else if (type === 'reopened') status = 'triggered';
    const id = `E${index}-${step}`;
    const event = {
      id,
      event_type: `incident.${type}`,
      occurred_at: at(time),
      agent: { id: 'PBEN', type: 'user_reference', summary: 'Ben' },
      data: {
        id: `Q${index}`,
        type: 'incident',
        status,
        title: `Page ${index}`,
        created_at: at(1),
        urgency: 'high',
        service: { id: `PS${index}`, type: 'service_reference', summary: 'Checkout' },
      },
    };
    const page = { alert: `pager/Q${index}`, open: status !== 'resolved' };
    return [{ source: 'pager', kind: 'pagerduty', id, body: JSON.stringify({ event }), page }];
  });
}
