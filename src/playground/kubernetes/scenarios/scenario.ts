import type { AlertRule } from '../alerts/rule.ts';
import type { Simulation } from '../simulation.ts';
import type { CureApi } from './cure.ts';

/** What is right to do: one typed change, something only a person can do, or nothing at all. */
export type RightAct = 'rollback' | 'scale' | 'restart' | 'delete_pod' | 'by_hand' | 'nothing';

/** Something that breaks in the cluster, with what a rescuer should find and do. */
export type Scenario = {
  name: string;
  aliases: readonly string[];
  title: string;
  breaks: string;
  truth: string;
  heals: string;
  expected: RightAct;
  /** The rules of kube-prometheus, etcd or CoreDNS that tell of it, the most telling first. */
  alerts: readonly AlertRule[];
  /** Whether nothing of this scenario is wrong now. */
  healthy(simulation: Simulation): boolean;
  apply(simulation: Simulation): void;
  /** What a person does through the API, as administrator; absent where nothing is to be done, or only on the hosts. */
  cure?(api: CureApi): Promise<void>;
  /** What a person does on the hosts, where the API does not reach; absent where a request to the API heals. */
  heal?(simulation: Simulation): void;
};
