import type { IncomingHttpHeaders } from 'node:http';
import type { SourceSettings } from '../core/settings.ts';
import type { Told } from '../flow/receive-alerts.ts';
import type { BodyFault } from './body.ts';

/** One kind of sender: how it shows who it is, what its bodies look like, and what they tell. */
export type AlertSource = {
  /** As people call it. */
  readonly name: string;
  /** Asked before the body is read: why this sender is not listened to, or null. */
  stranger(source: SourceSettings, headers: IncomingHttpHeaders): string | null;
  /** For senders that sign: why the body is not theirs, or null. `now` is ISO 8601. */
  forgery?(source: SourceSettings, headers: IncomingHttpHeaders, body: Buffer, now: string): string | null;
  bodyFault(body: unknown): BodyFault | null;
  /** The sender's own id of a delivery whose body holds, the same at each attempt: it is stored once. */
  deliveryId?(headers: IncomingHttpHeaders, body: unknown): string | null;
  /** A stored body in firstmate's terms. @throws Error with the pointer for one that does not hold */
  read(text: string, source: SourceSettings): Told;
};
