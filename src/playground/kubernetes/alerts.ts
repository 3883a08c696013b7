import { stampOf } from './clock.ts';
import { SCENARIOS } from './scenarios/all.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { Simulation } from './simulation.ts';

/** The alert of a scenario that was broken, as Alertmanager would tell it; times in RFC 3339. */
export type PlaygroundAlert = {
  scenario: string;
  status: 'pending' | 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string | undefined;
  endsAt: string | undefined;
};

export type ScenarioHealth = { name: string; title: string; broken: boolean; healthy: boolean };

export type AlertBook = {
  /** Looks at the cluster and notes which alerts have begun or ended. */
  observe(): void;
  broke(scenario: Scenario): void;
  alerts(): PlaygroundAlert[];
  health(): ScenarioHealth[];
};

type Episode = { startsAt: string | undefined; endsAt: string | undefined };

/** Keeps the episode of each broken scenario's alert; breaking it again begins a new one. */
export function createAlertBook(simulation: Simulation, cluster: string): AlertBook {
  const episodes = new Map<Scenario, Episode>();

  function observe(): void {
    const now = stampOf(simulation.clock.now());
    for (const [scenario, episode] of episodes) {
      const fires = scenario.fires(simulation.store);
      if (fires && (episode.startsAt === undefined || episode.endsAt !== undefined)) {
        episodes.set(scenario, { startsAt: now, endsAt: undefined });
      }
      if (!fires && episode.startsAt !== undefined && episode.endsAt === undefined) {
        episodes.set(scenario, { ...episode, endsAt: now });
      }
    }
  }

  return {
    observe,
    broke: (scenario) => {
      const current = episodes.get(scenario);
      const running = current?.startsAt !== undefined && current.endsAt === undefined;
      if (!running) episodes.set(scenario, { startsAt: undefined, endsAt: undefined });
    },
    alerts: () =>
      [...episodes].map(([scenario, { startsAt, endsAt }]) => ({
        scenario: scenario.name,
        status: startsAt === undefined ? 'pending' : endsAt === undefined ? 'firing' : 'resolved',
        labels: { ...scenario.alert.labels, cluster },
        annotations: { ...scenario.alert.annotations },
        startsAt,
        endsAt,
      })),
    health: () =>
      SCENARIOS.map((scenario) => ({
        name: scenario.name,
        title: scenario.title,
        broken: episodes.has(scenario),
        healthy: scenario.healthy(simulation.store),
      })),
  };
}
