import { HttpMethod, RequestContext, type ResponseContext } from '@kubernetes/client-node';
import type { FrozenRequest } from '../core/plan.ts';
import { type GateOptions, type Grant, openGate } from './gate.ts';

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
  const request = new RequestContext(
    `${connection.server.origin}${connection.prefix}${frozen.path}`,
    HttpMethod[frozen.method],
  );
  request.setHeaderParam('Accept', 'application/json');
  request.setHeaderParam('Content-Type', frozen.contentType);
  request.setBody(JSON.stringify(frozen.body));
  request.setSignal(signal);
  await connection.authenticate(request);
  return openGate(gate, grant).send(request).toPromise();
}
