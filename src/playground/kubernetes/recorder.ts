import { at, isObject } from './json.ts';

/** A request that reached the API server, in the order of arrival. `at` is simulated time in RFC 3339. */
export type RecordedRequest = {
  readonly at: string;
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** The status that was answered; 0 when the connection was cut or is still open. */
  readonly status: number;
  readonly dryRun: boolean;
  /** Whether the cluster saw it; false for a request that a fault kept from having any effect. */
  readonly applied: boolean;
  readonly user: string;
  readonly body?: unknown;
};

export type Recorder = {
  readonly requests: readonly RecordedRequest[];
  /** Notes a request; the returned function adds how it ended. */
  begin(
    request: Omit<RecordedRequest, 'status' | 'applied'>,
  ): (end: Pick<RecordedRequest, 'status' | 'applied'>) => void;
};

export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    begin: (request) => {
      const index = requests.push({ ...request, status: 0, applied: false }) - 1;
      return (end) => {
        requests[index] = { ...request, ...end };
      };
    },
  };
}

export function bodyOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}

function listsAll(value: unknown): boolean {
  return Array.isArray(value) && value.includes('All');
}

/** Whether the server treats a request as a dry run: a DELETE that has a body is judged by its body alone. */
export function isDryRunRequest(method: string, query: URLSearchParams, body: unknown): boolean {
  const inQuery = query.getAll('dryRun').includes('All');
  if (method === 'DELETE') return isObject(body) ? listsAll(body.dryRun) : inQuery;
  return inQuery || listsAll(at(body, 'deleteOptions', 'dryRun'));
}
