import { text } from '../../core/facts/fields.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { GetRawOperation } from '../../core/operation.ts';
import type { Reading } from '../reading.ts';
import type { View } from './view.ts';

/** How an API server says that a check of its own fails; which one stands in the body. */
const NOT_WELL = 500;

/**
 * `kubectl get --raw` of a path beside the resources. That the API server is not well is an answer, and no failure.
 * @throws ReadFailed
 */
export async function getRaw(reading: Reading, { path, verbose }: GetRawOperation): Promise<View> {
  const health = path !== '/version';
  const answer = await reading.get({
    ...{ verb: 'get', resource: path, namespace: null, name: null, path },
    ...(verbose ? { query: { verbose: '' } } : {}),
    accept: 'application/json, */*',
    ...(health ? { alsoAnswers: NOT_WELL } : {}),
  });
  const body = answer.text.trimEnd();
  if (health) return { text: body, facts: { ok: answer.status < 300, status: answer.status }, objects: [] };
  return { text: body, facts: { version: versionOf(body) }, objects: [] };
}

function versionOf(body: string): string {
  try {
    const parsed = JSON.parse(body) as Json;
    return isJsonObject(parsed) ? text(parsed, 'gitVersion') : '';
  } catch {
    return '';
  }
}
