import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { Delivery, DeliveryFault, DeliveryType } from './delivery.ts';
import type { HttpDelivery } from './http.ts';
import type { Sockets } from './sockets.ts';

/** How long a delivery that is to come late waits for another one to overtake it. */
const heldMs = 2_000;

/** How many payloads are kept for `replay`. */
const keptPayloads = 500;

export type Deliveries = Delivery & {
  /**
   * Delivers everything so far once more, oldest first, as an old delivery that somebody kept comes again; resolves
   * with how many the app acknowledged.
   */
  replay(): Promise<number>;
};

/** Hands each payload to the request URL that the app has for it, else to its sockets, with the faults to come. */
export function createDeliveries(options: {
  readonly sockets: Sockets;
  readonly http: HttpDelivery;
  readonly clock: Clock;
  readonly takeFault: (type: DeliveryType) => DeliveryFault | undefined;
}): Deliveries {
  const { sockets, http, clock } = options;
  let held: (() => void)[] = [];
  const kept: { type: DeliveryType; payload: JsonObject }[] = [];

  const hand = (type: DeliveryType, payload: JsonObject, fault?: DeliveryFault): Promise<JsonObject> =>
    http.takes(type) ? http.deliver(type, payload, fault) : sockets.deliver(type, payload, fault);

  const overtaken = (): Promise<void> =>
    new Promise((resolve) => {
      const callOff = clock.after(heldMs, resolve);
      held.push(() => {
        callOff();
        resolve();
      });
    });

  const letGo = (): void => {
    const waiting = held;
    held = [];
    for (const go of waiting) go();
  };

  const deliver: Delivery['deliver'] = async (type, payload) => {
    kept.push({ type, payload });
    if (kept.length > keptPayloads) kept.shift();
    const fault = options.takeFault(type);
    if (fault === 'out_of_order') {
      await overtaken();
      return hand(type, payload);
    }
    const first = hand(type, payload, fault);
    if (fault === 'duplicate') hand(type, payload).catch(() => {});
    try {
      return await first;
    } finally {
      letGo();
    }
  };

  return {
    deliver,
    replay: async () => {
      const again = [...kept];
      for (const { type, payload } of again) await hand(type, payload);
      return again.length;
    },
    send: (type, payload) => {
      deliver(type, payload).catch(() => {});
    },
  };
}
