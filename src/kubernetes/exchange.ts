import { HttpMethod, RequestContext, type ResponseContext } from '@kubernetes/client-node';
import type { FrozenRequest } from '../core/plan.ts';
import { type GateOptions, type Grant, openGate } from './gate.ts';

/** The credentials could not be had, so nothing was sent. */
export class NoCredentials extends Error {}

/**
 * Sends one frozen request through the gate, once.
 * @throws NoCredentials, RefusedByGate, TransportFault
 */
export async function exchange(
  gate: GateOptions,
  grant: Grant,
  frozen: FrozenRequest,
  signal: AbortSignal,
): Promise<ResponseContext> {
  const { connection } = gate;
  const method = frozen.method === 'PATCH' ? HttpMethod.PATCH : HttpMethod.DELETE;
  const request = new RequestContext(`${connection.server.origin}${connection.prefix}${frozen.path}`, method);
  request.setHeaderParam('Accept', 'application/json');
  request.setHeaderParam('Content-Type', frozen.contentType);
  request.setBody(JSON.stringify(frozen.body));
  request.setSignal(signal);
  try {
    await connection.authenticate(request);
  } catch (error) {
    // What a credential plugin throws may quote a credential: only its kind is told.
    throw new NoCredentials(error instanceof Error ? error.name : 'unknown');
  }
  return openGate(gate, grant).send(request).toPromise();
}
