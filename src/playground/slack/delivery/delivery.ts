import type { JsonObject } from '../json.ts';

export type DeliveryType = 'interactive' | 'slash_commands' | 'events_api';

/** How payloads reach the app: Socket Mode or signed HTTP requests. */
export type Delivery = {
  /**
   * Resolves with the payload of the app's acknowledgement ({} when it had none).
   * @throws NotPossible when the app does not acknowledge it, which a person in Slack sees as an error
   */
  deliver(type: DeliveryType, payload: JsonObject): Promise<JsonObject>;
  /** The same where nobody waits for the acknowledgement. */
  send(type: DeliveryType, payload: JsonObject): void;
};

/** An app has three seconds to acknowledge (https://docs.slack.dev/interactivity/handling-user-interaction). */
export const ackWithinMs = 3_000;

/**
 * How long after a failed delivery each retry comes: at once, after one minute, after five
 * (https://docs.slack.dev/apis/events-api#retries).
 */
export const retryDelaysMs: readonly number[] = [0, 60_000, 300_000];

/** What goes wrong between Slack and the app with one delivery. */
export type DeliveryFault = 'duplicate' | 'out_of_order' | 'reset_before_apply' | 'reset_after_apply';
