import type { ReadFault } from '../core/evidence.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import { redactText } from '../core/redact.ts';
import { NoCredentials } from './connection.ts';
import { RefusedByGate } from './gate.ts';
import { TransportFault } from './transport.ts';

/** What was asked, for the sentence that says why there is no answer. */
export type Question = {
  readonly verb: 'get' | 'list' | 'patch' | 'delete' | 'create';
  /** `pods`, `pods/log`, `deployments`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
};

/** A read that gave nothing. `status` is the server's, null when it never answered. */
export class ReadFailed extends Error {
  readonly fault: ReadFault;
  readonly says: string;
  readonly status: number | null;
  /** What the server said, redacted; empty when it never answered. */
  readonly serverWords: string;
  constructor(fault: ReadFault, says: string, status: number | null = null, serverWords = '') {
    super(says);
    this.fault = fault;
    this.says = says;
    this.status = status;
    this.serverWords = serverWords;
  }
}

function where(question: Question): string {
  return question.namespace === null ? '' : ` in ${question.namespace}`;
}

function subject(question: Question): string {
  const name = question.name === null ? '' : `/${question.name}`;
  return `${question.resource}${name}${where(question)}`;
}

/** The `message` of a Status object (Kubernetes API conventions, "Response Status Kind"), redacted and bounded. */
export function serverWords(body: string): string {
  let message = body;
  try {
    const parsed = JSON.parse(body) as Json;
    if (isJsonObject(parsed) && typeof parsed.message === 'string') message = parsed.message;
  } catch {
    // A proxy in between may answer with its own page; its first words are still better than none.
  }
  const plain = redactText(message).replaceAll(/\s+/g, ' ').trim();
  return plain.length > 600 ? `${plain.slice(0, 600)} …` : plain;
}

/** A status that is no success, as a fault with a sentence that says what to do where something can be done. */
export function statusFault(cluster: string, question: Question, status: number, body: string): ReadFailed {
  const words = serverWords(body);
  const failed = (fault: ReadFault, says: string): ReadFailed => new ReadFailed(fault, says, status, words);
  switch (status) {
    case 401:
      return failed(
        'forbidden',
        `The cluster ${cluster} does not know firstmate's reading identity (401). Check the token or certificate in its kubeconfig.`,
      );
    case 403:
      return failed(
        'forbidden',
        `The cluster ${cluster} said no (403): the reading identity may not ${question.verb} ${question.resource}${where(question)}. Run \`firstmate rbac\` and apply what it prints.`,
      );
    case 404:
      return failed('not_found', `The cluster ${cluster} has no ${subject(question)} (404).`);
    case 429:
      return failed(
        'throttled',
        `The cluster ${cluster} asked firstmate to slow down (429) and the time for this step is over.`,
      );
    case 502:
    case 503:
    case 504:
      return failed('unreachable', `The cluster ${cluster} cannot answer now (${status}): ${words}`);
    default:
      return failed(
        'rejected',
        `The cluster ${cluster} refused to ${question.verb} ${subject(question)} (${status}): ${words}`,
      );
  }
}

/** A failure below HTTP, or at the gate, as a fault with a sentence. */
export function thrownFault(
  cluster: string,
  question: Question,
  error: unknown,
  ended: 'deadline' | 'cancelled' | null,
): ReadFailed {
  if (error instanceof ReadFailed) return error;
  if (error instanceof RefusedByGate) {
    return new ReadFailed(
      'refused_by_gate',
      `firstmate does not send this to ${cluster}: ${error.refusal.says}.`,
    );
  }
  if (ended === 'cancelled') return new ReadFailed('cancelled', 'This step was stopped before it was done.');
  if (ended === 'deadline') {
    return new ReadFailed(
      'timeout',
      `The cluster ${cluster} did not answer in time for ${subject(question)}.`,
    );
  }
  if (error instanceof TransportFault) return transportFailed(cluster, question, error);
  if (error instanceof NoCredentials) {
    return new ReadFailed(
      'unreachable',
      `firstmate could not get a credential for the cluster ${cluster} (${error.message}). Check its kubeconfig.`,
    );
  }
  const kind = error instanceof Error ? error.name : 'unknown';
  return new ReadFailed('rejected', `firstmate failed while it asked the cluster ${cluster} (${kind}).`);
}

function transportFailed(cluster: string, question: Question, fault: TransportFault): ReadFailed {
  if (fault.kind === 'too_large') {
    return new ReadFailed(
      'too_large',
      `The answer of the cluster ${cluster} for ${subject(question)} is too large to read. Narrow it with a name, a namespace or a selector.`,
    );
  }
  if (fault.kind === 'redirected') {
    return new ReadFailed(
      'rejected',
      `The cluster ${cluster} answered with a redirect, which firstmate never follows. Check the server in its kubeconfig.`,
    );
  }
  return new ReadFailed('unreachable', `The cluster ${cluster} cannot be reached (${fault.code}).`);
}
