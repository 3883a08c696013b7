import type { AlertMemory, GroupMemory } from '../core/alert.ts';
import type { Inbox } from '../core/ports/inbox.ts';

/** What sources told so far, with what a batch adds; it is kept when the batch is marked as handled. */
export type Memories = {
  alert(source: string, fingerprint: string): Promise<AlertMemory | null>;
  group(source: string, groupKey: string): Promise<GroupMemory | null>;
  keepAlert(memory: AlertMemory): void;
  keepGroup(memory: GroupMemory): void;
  changed(): { readonly alerts: readonly AlertMemory[]; readonly groups: readonly GroupMemory[] };
};

export function createMemories(inbox: Pick<Inbox, 'alertMemory' | 'groupMemory'>): Memories {
  const alerts = new Map<string, AlertMemory>();
  const groups = new Map<string, GroupMemory>();
  const key = (source: string, name: string): string => JSON.stringify([source, name]);
  return {
    alert: async (source, fingerprint) =>
      alerts.get(key(source, fingerprint)) ?? inbox.alertMemory(source, fingerprint),
    group: async (source, groupKey) =>
      groups.get(key(source, groupKey)) ?? inbox.groupMemory(source, groupKey),
    keepAlert: (memory) => void alerts.set(key(memory.source, memory.fingerprint), memory),
    keepGroup: (memory) => void groups.set(key(memory.source, memory.groupKey), memory),
    changed: () => ({ alerts: [...alerts.values()], groups: [...groups.values()] }),
  };
}
