import { type Receiving, receiveAlerts } from './receive-alerts.ts';

/** Takes stored deliveries out of the inbox, one look at a time. */
export function watchInbox(receiving: Receiving, stop: AbortSignal): { look(): void; idle(): Promise<void> } {
  let looking: Promise<void> | null = null;
  let again = false;

  async function drain(): Promise<void> {
    while (again && !stop.aborted) {
      again = false;
      await receiveAlerts(receiving, stop);
    }
  }

  return {
    look() {
      again = true;
      if (looking !== null || stop.aborted) return;
      looking = drain()
        .catch((error: unknown) => receiving.log.error({ error: String(error) }, 'inbox.failed'))
        .finally(() => {
          looking = null;
        });
    },
    async idle() {
      while (looking !== null) await looking;
    },
  };
}
