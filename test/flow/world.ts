import { FIRSTMATE } from '../../src/core/actor.ts';
import type { Catalog } from '../../src/core/catalog.ts';
import type { NewEvent } from '../../src/core/events.ts';
import { newEvent } from '../../src/core/events.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Arrival, ClusterWriter, Recheck, WriteEnd } from '../../src/core/ports/cluster.ts';
import { type ClusterFacts, known } from '../../src/core/safety/facts.ts';
import { act } from '../../src/flow/act.ts';
import type { Executing } from '../../src/flow/execute.ts';
import { createMailbox } from '../../src/flow/mailbox.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import { AT, human, INCIDENT, makeAlert, makePerson, makePlan } from '../make.ts';
import { allIsWell } from '../safety-facts.ts';

export type Script = {
  recheck: Recheck[];
  write: WriteEnd[];
  arrival: Arrival[];
  /** Who is in the team `sre` now. */
  members: string[];
  catalog: Catalog;
  /** What the safety checks see. */
  safety: ClusterFacts;
};

/** A real store in memory, an approved plan in it, and a cluster that answers as a script says. */
export async function startExecution(
  changes: Partial<Script> = {},
  plan: Plan = makePlan(),
): Promise<{
  store: Store;
  clock: FakeClock;
  executing: Executing;
  plan: Plan;
  script: Script;
  sent: number[];
  load(): Promise<Incident>;
  types(): Promise<readonly string[]>;
}> {
  const clock = fakeClock(AT);
  const store = await openStore({ file: ':memory:', clock: () => new Date(clock.now()) });
  const script: Script = {
    recheck: [{ status: 'holds' }],
    write: [{ outcome: 'applied', status: 200, says: 'ok' }],
    arrival: [{ status: 'unknown', says: 'nobody knows' }],
    members: ['UADA'],
    safety: allIsWell({ drain: known({ nodes: ['n1'], moving: [], free: [] }) }),
    catalog: {
      runbooks: [{ ...RUNBOOK, name: 'r', hash: 'sha256:r' }],
      policies: [
        {
          service: 'checkout',
          file: 'p',
          hash: 'sha256:p',
          allowedActions: [
            {
              type: 'scale',
              requireApproval: true,
              approvers: ['sre'],
              maxVersionsBack: null,
              minReplicas: null,
              maxReplicas: null,
            },
          ],
          safetyChecks: [],
          incidentTag: null,
        },
      ],
      brokenPolicies: [],
      services: [],
      faults: [],
    },
    ...changes,
  };
  const sent: number[] = [];
  const next = <T>(queue: T[]): T => {
    const [first, ...more] = queue;
    if (first === undefined) throw new Error('the script is over');
    if (more.length > 0) queue.shift();
    return first;
  };
  const writer: ClusterWriter = {
    recheck: async () => next(script.recheck),
    write: async (_approved, index) => {
      sent.push(index);
      return next(script.write);
    },
    arrival: async () => next(script.arrival),
  };
  const executing: Executing = {
    ledger: store.ledger,
    clock,
    mailbox: createMailbox(),
    people: {
      person: async (user) => makePerson(user),
      members: async () => ({ status: 'known', users: script.members }),
    },
    teams: () => [{ name: 'sre', slackGroup: null, members: [], oncall: null }],
    clusters: {
      reader: () => undefined,
      rehearser: () => undefined,
      writer: () => writer,
      safety: () => ({ look: async () => script.safety }),
    },
    metricsOf: () => undefined,
    catalog: () => script.catalog,
    protectedNamespaces: [],
    environmentOf: () => null,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    writeTimeoutMs: 10_000,
  };
  await store.ledger.append(INCIDENT, 0, opening(), AT);
  const about = { actor: FIRSTMATE, cause: null };
  await act(executing, INCIDENT, { do: 'propose', plan, asked: false }, about);
  await act(executing, INCIDENT, { do: 'note_shown', plan: plan.id, at: AT }, about);
  const vote = {
    vote: 'approve',
    person: makePerson('UADA'),
    teams: ['sre'],
    reason: null,
    ineligible: null,
  } as const;
  await act(
    executing,
    INCIDENT,
    { do: 'vote', plan: plan.id, ...vote },
    { actor: human('UADA'), cause: null },
  );
  return {
    store,
    clock,
    executing,
    plan,
    script,
    sent,
    async load() {
      const incident = await store.ledger.load(INCIDENT);
      if (incident === null) throw new Error('no incident');
      return incident;
    },
    types: async () => (await store.ledger.events(INCIDENT)).map((event) => event.type).slice(6),
  };
}

const RUNBOOK = {
  title: '',
  owner: '',
  file: '',
  match: [],
  inputs: {},
  diagnose: [],
  hypotheses: [],
  actions: [],
};

function opening(): NewEvent[] {
  const about = { occurredAt: AT, actor: FIRSTMATE };
  const { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl } = makeAlert();
  return [
    newEvent(
      'incident.opened',
      {
        incident: INCIDENT,
        title: 'KubePodCrashLooping shop/checkout',
        cluster: 'prod',
        source: 'default',
        correlationKey: 'k',
        service: 'checkout',
        owner: 'sre',
        serviceChannel: null,
        namespace: 'shop',
        workload: 'checkout',
        severity: 'SEV2',
        visibility: 'channel',
        because: 'critical',
        timing: { channelGraceMs: 3_000, quietMs: 60_000, clearingMs: 120_000, reopenMs: 3_600_000 },
        rank: 'workload',
        held: null,
      },
      about,
    ),
    newEvent(
      'alert.fired',
      {
        alert: { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl },
        reason: 'first',
        problem: null,
      },
      about,
    ),
  ];
}
