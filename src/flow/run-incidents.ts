import { FIRSTMATE } from '../core/actor.ts';
import type { IncidentId } from '../core/ids.ts';
import { type Incident, planOf } from '../core/incident.ts';
import { nextWork, type Work, workKey } from '../core/next.ts';
import { type Acting, act } from './act.ts';
import { type Executing, execute } from './execute.ts';
import { type Investigating, investigate } from './investigate.ts';
import { matchRunbook } from './match-runbook.ts';
import { offerBack, type Proposing, propose } from './propose.ts';
import { publishReview } from './publish-review.ts';
import { close, type Resolving } from './resolve.ts';
import { type Validating, validate } from './validate.ts';

export type Running = Acting & Investigating & Proposing & Executing & Validating & Resolving;

/** Does for each incident what its state says is next, and goes on where a crash left it. */
export type Runner = {
  wake(id: IncidentId): void;
  /** Wakes what is due by time: plans that expire, quiet periods that end. */
  tick(): Promise<void>;
  /** Wakes every unfinished incident: called once after the start. */
  resume(): Promise<void>;
  /** Cancels reads, waits for writes under way. */
  stop(): Promise<void>;
  idle(): Promise<void>;
};

type Job = { readonly cancel: AbortController; readonly ended: Promise<void> };

const RETRY_MS = 5_000;

export function startRunner(running: Running): Runner {
  const stop = new AbortController();
  const jobs = new Map<IncidentId, Map<string, Job>>();
  const looks = new Set<Promise<void>>();

  function track(work: Promise<void>): Promise<void> {
    looks.add(work);
    return work.finally(() => looks.delete(work));
  }

  function wake(id: IncidentId): void {
    if (stop.signal.aborted) return;
    void track(look(id).catch((error: unknown) => fault(id, 'look', error)));
  }

  async function look(id: IncidentId): Promise<void> {
    const incident = await running.ledger.load(id);
    if (incident === null || stop.signal.aborted) return;
    const wanted = nextWork(incident, running.clock.now());
    const keys = new Set(wanted.map(workKey));
    const here = jobs.get(id) ?? new Map<string, Job>();
    jobs.set(id, here);
    // What the state does not ask for any more is cancelled; a write under way ends by its own rules.
    for (const [key, job] of here) if (!keys.has(key) && !key.startsWith('execute')) job.cancel.abort();
    for (const work of wanted) {
      const key = workKey(work);
      if (!here.has(key)) start(id, incident, key, work, here);
    }
    if (here.size === 0) jobs.delete(id);
  }

  function start(id: IncidentId, incident: Incident, key: string, work: Work, here: Map<string, Job>): void {
    const cancel = new AbortController();
    const signal = AbortSignal.any([cancel.signal, stop.signal]);
    const ended = perform(running, incident, work, signal)
      .catch((error: unknown) => fault(id, key, error))
      .then(async () => {
        // Work that moved nothing (the store is full, the other side is down) is not asked for again at once.
        const after = await running.ledger.load(id);
        if (after?.seq === incident.seq) await running.clock.sleep(RETRY_MS, signal);
      })
      .catch((error: unknown) => fault(id, key, error))
      .finally(() => {
        here.delete(key);
        wake(id);
      });
    here.set(key, { cancel, ended });
  }

  function fault(id: IncidentId, key: string, error: unknown): void {
    const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    running.log.error({ incident: id, work: key, error: says }, 'incident.work_failed');
  }

  async function idle(): Promise<void> {
    for (;;) {
      const open = [
        ...looks,
        ...[...jobs.values()].flatMap((here) => [...here.values()].map((job) => job.ended)),
      ];
      if (open.length === 0) return;
      await Promise.all(open);
    }
  }

  return {
    wake,
    async tick() {
      for (const id of await running.ledger.due(running.clock.now())) wake(id);
    },
    async resume() {
      for (const id of await running.ledger.unfinished()) wake(id);
    },
    async stop() {
      stop.abort();
      await idle();
    },
    idle,
  };
}

async function perform(running: Running, incident: Incident, work: Work, stop: AbortSignal): Promise<void> {
  const about = { actor: FIRSTMATE, cause: null } as const;
  switch (work.do) {
    case 'match':
      return matchRunbook(running, incident);
    case 'investigate':
      return investigate(running, incident, stop);
    case 'propose':
      return propose(running, incident, work, stop);
    case 'execute': {
      const state = planOf(incident, work.plan);
      return state === undefined ? undefined : execute(running, incident, state.plan, stop);
    }
    case 'expire':
      await act(running, incident.id, { do: 'expire', plan: work.plan }, about);
      return;
    case 'validate': {
      const state = planOf(incident, work.plan);
      return state === undefined ? undefined : validate(running, incident, state.plan, stop);
    }
    case 'miss_clearing': {
      const minutes = Math.round(incident.timing.clearingMs / 60_000);
      const says = `The alert still fires ${minutes} minutes after the change.`;
      await act(running, incident.id, { do: 'validate', plan: work.plan, passed: false, says }, about);
      return;
    }
    case 'offer_back':
      await offerBack(running, incident, work.plan, FIRSTMATE, stop);
      return;
    case 'fire_again': {
      const because = 'An alert fires again.';
      await act(running, incident.id, { do: 'set_status', to: 'open', because }, about);
      return;
    }
    case 'end_break_glass':
      await act(running, incident.id, { do: 'end_break_glass', because: 'Its time is over.' }, about);
      return;
    case 'let_go': {
      const by = `${incident.held?.because ?? 'The maintenance window'} is over and it still fires`;
      await act(running, incident.id, { do: 'request_channel', by }, about);
      return;
    }
    case 'close':
      return close(running, incident, stop);
    case 'review':
      return publishReview(running, incident);
  }
}
