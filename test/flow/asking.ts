import type { SlackUser } from '../../src/core/actor.ts';
import type { Service } from '../../src/core/service.ts';
import type { Person } from '../../src/core/team.ts';
import { answerForIncidents } from '../../src/flow/answer-incidents.ts';
import type { Declaration } from '../../src/flow/declare-incident.ts';
import { makePerson } from '../make.ts';
import type { startReceiving } from './receiving.ts';

export const ADA: SlackUser = { enterprise: null, team: 'T1', user: 'UADA' };
export const GUEST: SlackUser = { ...ADA, user: 'UGUEST' };

export const CHECKOUT: Service = {
  name: 'checkout',
  owner: 'checkout-oncall',
  runtime: null,
  file: 'services/checkout.yaml',
  channel: 'checkout',
  runbook: 'r',
  severityMapping: [],
  availability: null,
};

export const SAYS_LITTLE: Declaration = {
  title: 'Customers cannot pay',
  severity: null,
  cluster: null,
  service: null,
  namespace: null,
  workload: null,
};

/** What people can ask for in a world that also receives alerts. */
export function askIn(
  world: Awaited<ReturnType<typeof startReceiving>>,
  clusters: readonly string[] = ['prod'],
  changes: Partial<typeof world.receiving> = {},
) {
  const people = {
    person: async (user: string): Promise<Person> => makePerson(user, { guest: user === GUEST.user }),
  };
  return answerForIncidents({ ...world.receiving, ...changes, people, clusterNames: () => clusters });
}
