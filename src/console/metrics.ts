import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  answered(source: string, status: number): void;
  event(type: string): void;
  refusedRequest(cluster: string): void;
};

/** Prometheus metrics of the process; `unfinished` and `lanes` are asked at each scrape. */
export function createMetrics(ask: {
  readonly unfinished: () => Promise<number>;
  readonly lanes: () => Promise<number>;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'firstmate_deliveries_total',
    help: 'Webhook deliveries by source and answer.',
    labelNames: ['source', 'status'],
    registers: [registry],
  });
  const refused = new Counter({
    name: 'firstmate_gate_refusals_total',
    help: 'Requests that the gate kept from a cluster.',
    labelNames: ['cluster'],
    registers: [registry],
  });
  const gauges = [
    ['firstmate_incidents_unfinished', 'Incidents that are open or wait for their review.', ask.unfinished],
    ['firstmate_outbox_lanes', 'Lanes of the outbox that hold messages for Slack.', ask.lanes],
  ] as const;
  for (const [name, help, count] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await count());
      },
    });
  }
  const events = new Counter({
    name: 'firstmate_events_total',
    help: 'Events appended to the timeline by type.',
    labelNames: ['type'],
    registers: [registry],
  });
  return {
    registry,
    answered: (source, status) => deliveries.inc({ source, status }),
    event: (type) => events.inc({ type }),
    refusedRequest: (cluster) => refused.inc({ cluster }),
  };
}
