import type { AlertMemory, EarlyRemark, GroupMemory } from '../alert.ts';
import type { SourceKind } from '../settings.ts';

/** What a webhook brought, as it came. `body` is the request's text; `id` is the sender's own where it has one. */
export type Delivery = {
  readonly id: string;
  readonly source: string;
  readonly kind: SourceKind;
  readonly receivedAt: string;
  readonly body: string;
};

/** One of the two writes: kept before the sender gets its 202. */
export type Inbox = {
  /** On disk when it resolves. @throws StoreUnavailable */
  put(delivery: Delivery): Promise<void>;
  /** Not yet handled, oldest first. */
  pending(limit: number): Promise<readonly Delivery[]>;
  /** How many are not handled yet. */
  waiting(): Promise<number>;
  /**
   * They are handled, in the order of `pending` and with all before them, and what they told is remembered; saying it twice is harmless. `fault` is kept for those that
   * could not be understood.
   */
  done(
    deliveries: readonly { readonly id: string; readonly fault: string | null }[],
    told: {
      readonly alerts: readonly AlertMemory[];
      readonly groups: readonly GroupMemory[];
      readonly remarks?: readonly EarlyRemark[];
    },
    at: string,
  ): Promise<void>;
};
