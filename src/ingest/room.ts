import type { Inbox } from '../core/ports/inbox.ts';

/** Places for deliveries that wait to be handled. */
export type Room = { take(): Promise<boolean> };

/** At most so many wait. It asks the store only when all the places that it knows of are taken. */
export function createRoom(inbox: Pick<Inbox, 'waiting'>, most: number): Room {
  let places = 0;
  return {
    async take() {
      // Handling frees places and never takes any, so the number known is at most the true one.
      if (places <= 0) places = most - (await inbox.waiting());
      if (places <= 0) return false;
      places -= 1;
      return true;
    },
  };
}
