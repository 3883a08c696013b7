import { type Known, known, unknown } from '../../core/safety/facts.ts';
import { ReadFailed } from '../faults.ts';

/** A fact, or the sentence that says why it could not be read. Whatever else goes wrong leaves it unknown too. */
export async function knownOrWhy<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return known(await read());
  } catch (error) {
    if (error instanceof ReadFailed) return unknown(error.says);
    return unknown(error instanceof Error ? error.message : String(error));
  }
}
