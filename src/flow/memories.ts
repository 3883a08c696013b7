import type { AlertMemory, GroupMemory } from '../core/alert.ts';
import type { Inbox } from '../core/ports/inbox.ts';

/** What was looked up or kept lately, so that a repeat asks the store for nothing. It may be dropped at any time. */
export type Lately = { readonly alerts: Map<string, AlertMemory>; readonly groups: Map<string, GroupMemory> };

const MOST = 20_000;

export function nothingLately(): Lately {
  return { alerts: new Map(), groups: new Map() };
}

/** What sources told so far, with what a batch adds; it is kept when the batch is marked as handled. */
export type Memories = {
  alert(source: string, fingerprint: string): Promise<AlertMemory | null>;
  group(source: string, groupKey: string): Promise<GroupMemory | null>;
  keepAlert(memory: AlertMemory): void;
  keepGroup(memory: GroupMemory): void;
  changed(): { readonly alerts: readonly AlertMemory[]; readonly groups: readonly GroupMemory[] };
  /** The batch is on disk: what it changed may be remembered from here. */
  kept(): void;
};

export function createMemories(inbox: Pick<Inbox, 'alertMemory' | 'groupMemory'>, lately: Lately): Memories {
  const alerts = new Map<string, AlertMemory>();
  const groups = new Map<string, GroupMemory>();
  const key = (source: string, name: string): string => `${source}\n${name}`;
  return {
    async alert(source, fingerprint) {
      const name = key(source, fingerprint);
      return alerts.get(name) ?? lately.alerts.get(name) ?? inbox.alertMemory(source, fingerprint);
    },
    async group(source, groupKey) {
      const name = key(source, groupKey);
      return groups.get(name) ?? lately.groups.get(name) ?? inbox.groupMemory(source, groupKey);
    },
    keepAlert: (memory) => void alerts.set(key(memory.source, memory.fingerprint), memory),
    keepGroup: (memory) => void groups.set(key(memory.source, memory.groupKey), memory),
    changed: () => ({ alerts: [...alerts.values()], groups: [...groups.values()] }),
    kept() {
      if (lately.alerts.size > MOST) lately.alerts.clear();
      if (lately.groups.size > MOST) lately.groups.clear();
      for (const [name, memory] of alerts) lately.alerts.set(name, memory);
      for (const [name, memory] of groups) lately.groups.set(name, memory);
    },
  };
}
