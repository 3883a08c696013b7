import type { Simulation } from '../simulation.ts';
import type { Store } from '../store.ts';

/** Something that breaks in the cluster, with what a rescuer should find and do. */
export type Scenario = {
  name: string;
  aliases: readonly string[];
  title: string;
  breaks: string;
  truth: string;
  heals: string;
  /** The alert that Prometheus would raise, with the names and labels of kube-prometheus; `cluster` is added. */
  alert: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> };
  /** Whether nothing of this scenario is wrong now. */
  healthy(store: Store): boolean;
  /** Whether the alert's condition holds now. */
  fires(store: Store): boolean;
  apply(simulation: Simulation): void;
};
