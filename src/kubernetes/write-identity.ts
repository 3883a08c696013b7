import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import type { PlanId } from '../core/ids.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { WriteToken } from '../core/settings.ts';
import { NoCredentials, type TokenConnections } from './connection.ts';
import { serverWords } from './faults.ts';
import { type GateOptions, openGate, RefusedByGate } from './gate.ts';
import { tokenPath, tokenRequest } from './grants.ts';
import { TransportFault } from './transport.ts';

/** With which identity a plan is rehearsed and written. */
export type WriteIdentity = {
  /** The gate for one plan, with a credential that is good for at least the next minute. @throws NoWriteToken */
  gateFor(plan: PlanId, signal: AbortSignal): Promise<GateOptions>;
  /** The cluster did not take its credential (401): the next time another one is asked for. */
  refused(plan: PlanId): void;
};

/** No token could be minted, so nothing was sent with one. The message is a sentence for people. */
export class NoWriteToken extends Error {
  override readonly name = 'NoWriteToken';
}

export function fixedIdentity(gate: GateOptions): WriteIdentity {
  return { gateFor: async () => gate, refused: () => undefined };
}

const MINT_TIMEOUT_MS = 10_000;
/** A token that ends sooner is no longer used: a write and its own deadline must fit in. */
const SPARE_MS = 60_000;

type Minted = { readonly gate: GateOptions; readonly endsAtMs: number };

export type Minting = {
  /** The gate with the identity that may mint. */
  readonly gate: GateOptions;
  readonly token: WriteToken;
  readonly connections: Pick<TokenConnections, 'of'>;
  readonly now: () => Date;
};

/**
 * One token a plan, for one fixed service account. Tokens stay in memory, are never shown, and are forgotten when
 * they end.
 */
export function mintedIdentity(minting: Minting): WriteIdentity {
  const minted = new Map<PlanId, Promise<Minted>>();
  const fresh = ({ endsAtMs }: Minted): boolean => endsAtMs - SPARE_MS > minting.now().getTime();

  return {
    async gateFor(plan, signal) {
      const known = await minted.get(plan)?.catch(() => undefined);
      if (known !== undefined && fresh(known)) return known.gate;
      const asked = mint(minting, signal);
      minted.set(plan, asked);
      try {
        const made = await asked;
        if (!fresh(made)) throw new NoWriteToken(endsTooSoon(minting, made));
        for (const [other, token] of minted) {
          const kept = await token.catch(() => undefined);
          if (kept === undefined || !fresh(kept)) minted.delete(other);
        }
        return made.gate;
      } catch (error) {
        minted.delete(plan);
        throw error;
      }
    },
    refused(plan) {
      minted.delete(plan);
    },
  };
}

async function mint({ gate, token, connections }: Minting, signal: AbortSignal): Promise<Minted> {
  const { cluster, connection } = gate;
  const account = `${token.namespace}/${token.serviceAccount}`;
  const failed = (why: string): NoWriteToken =>
    new NoWriteToken(
      `No token to write with could be minted for ${account} in ${cluster}: ${why} Nothing was sent with one.`,
    );
  const request = new RequestContext(
    `${connection.server.origin}${connection.prefix}${tokenPath(token)}`,
    HttpMethod.POST,
  );
  request.setHeaderParam('Accept', 'application/json');
  request.setHeaderParam('Content-Type', 'application/json');
  request.setBody(JSON.stringify(tokenRequest(token)));
  request.setSignal(AbortSignal.any([signal, AbortSignal.timeout(MINT_TIMEOUT_MS)]));
  try {
    await connection.authenticate(request);
    const response = await openGate(gate, { kind: 'token', token }).send(request).toPromise();
    const body = await response.body.text();
    const status = response.httpStatusCode;
    if (status < 200 || status > 299) throw failed(`${whyRefused(status)} ${serverWords(body)}.`);
    const given = tokenIn(body);
    if (given === null) throw failed('the answer holds no token.');
    return { gate: { ...gate, connection: connections.of(given.token) }, endsAtMs: given.endsAtMs };
  } catch (error) {
    if (error instanceof TransportFault) throw failed(`the cluster did not answer (${error.code}).`);
    if (error instanceof NoCredentials)
      throw failed(`firstmate could not get its own credential (${error.message}).`);
    if (error instanceof RefusedByGate) throw failed(`firstmate does not send this (${error.refusal.says}).`);
    throw error;
  }
}

function whyRefused(status: number): string {
  switch (status) {
    case 401:
      return 'the cluster does not know the identity that asks (401).';
    case 403:
      return 'the identity that asks may not create serviceaccounts/token (403). Run `firstmate rbac` and apply what it prints.';
    case 404:
      return 'there is no such service account (404). Run `firstmate rbac` and apply what it prints, or correct write_token in firstmate.yaml.';
    default:
      return `the cluster answered ${status}.`;
  }
}

function endsTooSoon({ token, gate }: Minting, { endsAtMs }: Minted): string {
  return `The token that ${gate.cluster} minted for ${token.namespace}/${token.serviceAccount} ends at ${new Date(endsAtMs).toISOString()}, which by this machine's clock is over or nearly so: compare the two clocks. Nothing was sent with it.`;
}

/** `status` of a TokenRequest; null when it is none. Nothing of it may be quoted. */
function tokenIn(body: string): { readonly token: string; readonly endsAtMs: number } | null {
  let answer: Json;
  try {
    answer = JSON.parse(body) as Json;
  } catch {
    return null;
  }
  const status = isJsonObject(answer) && answer.kind === 'TokenRequest' ? answer.status : undefined;
  if (status === undefined || !isJsonObject(status)) return null;
  const { token, expirationTimestamp: ends } = status;
  if (typeof token !== 'string' || token === '' || typeof ends !== 'string') return null;
  const endsAtMs = Date.parse(ends);
  return Number.isNaN(endsAtMs) ? null : { token, endsAtMs };
}
