import type { AlertRule, Labels } from './alerts/rule.ts';
import { stampOf } from './clock.ts';
import { canonical } from './json.ts';
import { SCENARIOS } from './scenarios/all.ts';
import type { RightAct, Scenario } from './scenarios/scenario.ts';
import type { Simulation } from './simulation.ts';

/** One alert of a scenario that was broken, as Alertmanager would tell it; times in RFC 3339. */
export type PlaygroundAlert = {
  scenario: string;
  status: 'pending' | 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string | undefined;
  endsAt: string | undefined;
};

export type ScenarioHealth = {
  name: string;
  title: string;
  expected: RightAct;
  broken: boolean;
  healthy: boolean;
};

export type AlertBook = {
  /** Looks at the cluster and notes which alerts have begun or ended. */
  observe(): void;
  /** A number that grows with each change of an alert. */
  version(): number;
  /** When an alert changes next by time alone, in ms; undefined when none does. */
  wakesAt(): number | undefined;
  broke(scenario: Scenario): void;
  alerts(): PlaygroundAlert[];
  health(): ScenarioHealth[];
};

/** One label set of one rule: since when it held, when it last held, and what was told of it. Times in ms. */
type Episode = {
  rule: AlertRule;
  labels: Labels;
  heldSince: number;
  heldUntil: number | undefined;
  status: 'pending' | 'firing' | 'resolved';
  endedAt: number | undefined;
};

/** Keeps the episodes of each broken scenario's alerts, one a label set; what holds again begins a new one. */
export function createAlertBook(simulation: Simulation, cluster: string): AlertBook {
  const broken = new Map<Scenario, Map<string, Episode>>();
  let version = 0;

  function turn(episode: Episode, status: Episode['status']): void {
    if (episode.status === status) return;
    episode.status = status;
    version += 1;
  }

  function follow(episode: Episode, now: number): void {
    const { rule, heldUntil } = episode;
    if (heldUntil !== undefined && now >= heldUntil + (rule.keepMs ?? 0)) {
      episode.endedAt = now;
      turn(episode, 'resolved');
      return;
    }
    if (now >= episode.heldSince + (rule.tellAfterMs ?? 0)) turn(episode, 'firing');
  }

  function observe(): void {
    const now = simulation.clock.now();
    for (const [scenario, episodes] of broken) {
      for (const rule of scenario.alerts) {
        const holding = new Map(rule.holds(simulation).map((labels) => [keyOf(rule, labels), labels]));
        for (const [key, labels] of holding) {
          const known = episodes.get(key);
          if (known !== undefined && known.endedAt === undefined) known.heldUntil = undefined;
          else {
            const fresh = { rule, labels, heldSince: now, heldUntil: undefined, endedAt: undefined };
            episodes.set(key, { ...fresh, status: 'pending' });
            version += 1;
          }
        }
        for (const [key, episode] of episodes) {
          if (episode.rule === rule && episode.endedAt === undefined && !holding.has(key)) {
            episode.heldUntil ??= now;
          }
        }
      }
      for (const [key, episode] of episodes) {
        if (episode.endedAt !== undefined) continue;
        const told = episode.status === 'firing';
        follow(episode, now);
        // What was never told needs no end.
        if (!told && episode.endedAt !== undefined) episodes.delete(key);
      }
    }
  }

  function shown(scenario: Scenario, { rule, labels, ...episode }: Episode): PlaygroundAlert {
    const told = { ...rule.labels, ...labels };
    return {
      scenario: scenario.name,
      status: episode.status,
      labels: { alertname: rule.alertname, ...told, cluster },
      annotations: annotationsOf(rule, told),
      startsAt: episode.status === 'pending' ? undefined : stampOf(episode.heldSince),
      endsAt: episode.endedAt === undefined ? undefined : stampOf(episode.endedAt),
    };
  }

  return {
    observe,
    version: () => version,
    wakesAt: () => {
      const times = [...broken.values()]
        .flatMap((episodes) => [...episodes.values()])
        .filter(({ endedAt }) => endedAt === undefined)
        .flatMap(({ rule, heldSince, heldUntil, status }) => [
          ...(status === 'pending' ? [heldSince + (rule.tellAfterMs ?? 0)] : []),
          ...(heldUntil === undefined ? [] : [heldUntil + (rule.keepMs ?? 0)]),
        ])
        .filter((time) => time > simulation.clock.now());
      return times.length === 0 ? undefined : Math.min(...times);
    },
    broke: (scenario) => {
      const running = [...(broken.get(scenario)?.values() ?? [])].some(
        ({ endedAt }) => endedAt === undefined,
      );
      if (!running) broken.set(scenario, new Map());
      version += 1;
    },
    alerts: () =>
      [...broken].flatMap(([scenario, episodes]) => {
        const waiting = scenario.alerts.filter(
          (rule) => ![...episodes.values()].some((one) => one.rule === rule),
        );
        return [
          ...[...episodes.values()].map((episode) => shown(scenario, episode)),
          ...waiting.map((rule) => expectedOf(scenario, rule, cluster)),
        ];
      }),
    health: () =>
      SCENARIOS.map((scenario) => ({
        name: scenario.name,
        title: scenario.title,
        expected: scenario.expected,
        broken: broken.has(scenario),
        healthy: scenario.healthy(simulation),
      })),
  };
}

function keyOf(rule: AlertRule, labels: Labels): string {
  return `${rule.alertname} ${canonical({ ...rule.labels, ...labels })}`;
}

function annotationsOf(rule: AlertRule, labels: Labels): Record<string, string> {
  return {
    summary: rule.summary,
    description: rule.describe(labels),
    ...(rule.runbookUrl === undefined ? {} : { runbook_url: rule.runbookUrl }),
  };
}

/** An alert that a broken scenario will send and whose condition has not held yet. */
function expectedOf(scenario: Scenario, rule: AlertRule, cluster: string): PlaygroundAlert {
  return {
    scenario: scenario.name,
    status: 'pending',
    labels: { alertname: rule.alertname, ...rule.labels, cluster },
    annotations: { summary: rule.summary },
    startsAt: undefined,
    endsAt: undefined,
  };
}
