import type { AlertMemory, EarlyRemark, GroupMemory } from '../core/alert.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import type { Inbox } from '../core/ports/inbox.ts';

/** What was looked up or kept lately, so that a repeat asks the store for nothing. It may be dropped at any time. */
export type Lately = {
  readonly alerts: Map<string, AlertMemory>;
  readonly groups: Map<string, GroupMemory>;
  readonly problems: Map<string, IncidentId>;
  /** What people moved since the start: a batch that was begun before must not put it back. */
  readonly moves: Move[];
};

/** All alerts of an incident, or those of one problem, belong to another one from now on. */
export type Move = { readonly from: IncidentId; readonly to: IncidentId; readonly problem: string | null };

const MOST = 20_000;
/** When an alert was seen last is known to about a minute: it is written no more often. */
const SEEN_STEP_MS = 60_000;

export function nothingLately(): Lately {
  return { alerts: new Map(), groups: new Map(), problems: new Map(), moves: [] };
}

/** Alerts moved from one incident to another: what is at hand may say otherwise. */
export function forget(lately: Lately, move: Move): void {
  lately.moves.push(move);
  lately.alerts.clear();
  lately.problems.clear();
}

/** What sources told so far, with what a batch adds; it is kept when the batch is marked as handled. */
export type Memories = {
  alert(source: string, fingerprint: string): Promise<AlertMemory | null>;
  group(source: string, groupKey: string): Promise<GroupMemory | null>;
  incidentOfProblem(key: string): Promise<IncidentId | null>;
  keepAlert(memory: AlertMemory, before: AlertMemory | null): void;
  keepGroup(memory: GroupMemory, before: GroupMemory | null): void;
  /** Incidents that the batch told anything. */
  touched(): ReadonlySet<IncidentId>;
  keepRemark(remark: EarlyRemark): void;
  /** What was said of an alert before it arrived. */
  earlyRemarks(source: string, fingerprint: string): Promise<readonly EarlyRemark[]>;
  changed(): Required<Parameters<Inbox['done']>[1]>;
  /** The batch is on disk: what it changed may be remembered from here. */
  kept(): void;
};

export function createMemories(stored: Alerts, lately: Lately): Memories {
  const alerts = new Map<string, AlertMemory>();
  const groups = new Map<string, GroupMemory>();
  const problems = new Map<string, IncidentId>();
  const remarks: EarlyRemark[] = [];
  const touched = new Set<IncidentId>();
  const begunAfter = lately.moves.length;
  const key = (source: string, name: string): string => `${source}\n${name}`;
  const followMoves = (): void => {
    for (const { from, to, problem } of lately.moves.slice(begunAfter)) {
      const moves = (incident: IncidentId | null, of: string | null): boolean =>
        incident === from && (problem === null || of === problem);
      for (const [name, memory] of alerts)
        if (moves(memory.incident, memory.problem)) alerts.set(name, { ...memory, incident: to });
      for (const [of, incident] of problems) if (moves(incident, of)) problems.set(of, to);
    }
  };
  return {
    async alert(source, fingerprint) {
      const name = key(source, fingerprint);
      return alerts.get(name) ?? lately.alerts.get(name) ?? stored.memory(source, fingerprint);
    },
    async group(source, groupKey) {
      const name = key(source, groupKey);
      return groups.get(name) ?? lately.groups.get(name) ?? stored.group(source, groupKey);
    },
    async incidentOfProblem(problem) {
      return problems.get(problem) ?? lately.problems.get(problem) ?? stored.incidentOfProblem(problem);
    },
    keepAlert(memory, before) {
      if (before !== null && isSame(before, memory)) return;
      alerts.set(key(memory.source, memory.fingerprint), memory);
      if (memory.incident === null) return;
      touched.add(memory.incident);
      if (memory.problem !== null) problems.set(memory.problem, memory.incident);
    },
    keepGroup(memory, before) {
      if (before === null || before.hidden !== memory.hidden || before.asOf !== memory.asOf)
        groups.set(key(memory.source, memory.groupKey), memory);
    },
    touched: () => touched,
    keepRemark: (remark) => void remarks.push(remark),
    async earlyRemarks(source, fingerprint) {
      const here = remarks.filter((one) => one.source === source && one.fingerprint === fingerprint);
      return [...(await stored.earlyRemarks(source, fingerprint)), ...here];
    },
    changed() {
      followMoves();
      return { alerts: [...alerts.values()], groups: [...groups.values()], remarks };
    },
    kept() {
      followMoves();
      for (const [from, to] of [
        [alerts, lately.alerts],
        [groups, lately.groups],
        [problems, lately.problems],
      ] as const)
        keep<AlertMemory | GroupMemory | IncidentId>(from, to);
    },
  };
}

function keep<T>(from: ReadonlyMap<string, T>, to: Map<string, T>): void {
  if (to.size > MOST) to.clear();
  for (const [name, value] of from) to.set(name, value);
}

function isSame(before: AlertMemory, after: AlertMemory): boolean {
  return (
    before.lastStart === after.lastStart &&
    before.lastEnd === after.lastEnd &&
    before.incident === after.incident &&
    before.problem === after.problem &&
    before.severity === after.severity &&
    Date.parse(after.lastSeen) - Date.parse(before.lastSeen) < SEEN_STEP_MS
  );
}
