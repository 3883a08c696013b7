/** What must be true of an accepted line and of every request that was sent for it. Says what is not, or null. */
import { isDeepStrictEqual } from 'node:util';
import { matchesPath } from '../../src/core/api-request.ts';
import { commandArgv, commandLine } from '../../src/core/command/command-line.ts';
import { type Accepted, parseArgv, parseCommand } from '../../src/core/command/parse.ts';
import { tokenise } from '../../src/core/command/tokenise.ts';
import { classOf, isWrite, type Operation, requestsOf } from '../../src/core/operation.ts';
import { ORIGIN, PREFIX, type Sent } from './recording-api.ts';
import { FLAGS } from './vocabulary.ts';

/** What was found to differ; `rule` is which of the promises below. */
export type Difference = { readonly rule: string; readonly says: string };
const differs = (rule: string, says: unknown): Difference => ({
  rule,
  says: typeof says === 'string' ? says : JSON.stringify(says),
});

/** Of the line and its operation, before anything is sent. */
export function lineDifference(line: string, accepted: Accepted): Difference | null {
  const { operation, verdict } = accepted;
  if (!/^[ -~]{1,4096}$/.test(line)) return differs('plain text', 'it holds more than printable ASCII');
  const words = tokenise(line, { placeholders: false }).map(({ text }) => text);
  const verb = ['rollout', 'set', 'auth'].includes(verbOf(words, 0))
    ? `${verbOf(words, 0)} ${verbOf(words, 1)}`
    : verbOf(words, 0);
  const known = FLAGS.get(verb);
  const strange = words.find((word) => word.startsWith('-') && !known?.some((flag) => names(flag, word)));
  if (strange !== undefined) return differs('flags of the verb', `${verb} took ${strange}`);
  if (classOf(operation) !== verdict)
    return differs('verdict of the registry', { verdict, registry: classOf(operation) });
  const said = commandLine(operation);
  const again = parseCommand(said);
  if (!isDeepStrictEqual(again, accepted)) return differs('printed and parsed again', { said, again });
  const argv = parseArgv(commandArgv(operation));
  if (!isDeepStrictEqual(argv, accepted)) return differs('printed as words and parsed again', { said, argv });
  return null;
}

/** The words of the verb: the first that are no flags and no value of -n. */
function verbOf(words: readonly string[], nth: number): string {
  const plain = words
    .slice(1)
    .filter((word, at, all) => !word.startsWith('-') && !/^(?:-n|--namespace)$/.test(all[at - 1] ?? ''));
  return plain[nth] ?? '';
}

type Flag = { readonly long: string; readonly short?: string; readonly value: object | null };
function names(flag: Flag, word: string): boolean {
  const name = word.split('=')[0];
  if (name === `--${flag.long}`) return true;
  if (flag.short === undefined) return false;
  return name === `-${flag.short}` || (flag.value !== null && word.startsWith(`-${flag.short}`));
}

const MOST_REQUESTS = 100;
const FORBIDDEN_GROUPS =
  /^(?:rbac\.authorization|admissionregistration|apiextensions|authentication|certificates)\.k8s\.io$/;
const FORBIDDEN =
  /secret|^(?:.*roles?|.*rolebindings|serviceaccounts|customresourcedefinitions|token.*|.*webhookconfigurations)$/;
const QUERY = new Set([
  ...[
    'limit',
    'labelSelector',
    'fieldSelector',
    'includeObject',
    'container',
    'previous',
    'timestamps',
    'tailLines',
  ],
  ...['sinceSeconds', 'limitBytes', 'verbose', 'dryRun', 'fieldManager'],
]);
const HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'content-length',
  'user-agent',
  'accept-encoding',
  'accept-language',
  'sec-fetch-mode',
]);

/** Of what was sent for an operation. */
export function requestDifference(operation: Operation, sent: readonly Sent[]): Difference | null {
  if (sent.length > MOST_REQUESTS) return differs('few requests', `${sent.length} requests were sent`);
  for (const request of sent) {
    const found = oneDifference(operation, request);
    if (found !== null) return found;
  }
  return null;
}

function oneDifference(operation: Operation, sent: Sent): Difference | null {
  const { origin, method, headers } = sent;
  const says = `${method} ${origin}${sent.path}`;
  if (origin !== `${ORIGIN}${PREFIX}`) return differs('no other host', says);
  const [path = '', query = ''] = sent.path.split('?');
  if (!/^\/[a-z0-9./-]+$/.test(path) || /\/\/|\/\.{1,2}(?:\/|$)/.test(path))
    return differs('a plain path', says);
  const keys = [...new URLSearchParams(query).keys()];
  if (new Set(keys).size < keys.length || keys.some((key) => !QUERY.has(key)))
    return differs('a known query', says);
  const more = Object.keys(headers).find((name) => !HEADERS.has(name));
  if (more !== undefined) return differs('no other header', `${says} with ${more}`);
  const as = grantOf(sent, query);
  const known = requestsOf(operation).some(
    (one) => one.method === method && one.as === as && matchesPath(one.pathPattern, path),
  );
  if (!known) return differs('a request of the registry', `${says} as ${as}`);
  if (as === 'write') return differs('nothing is written', says);
  return (
    resourceDifference(path, query, method, says) ??
    (isWrite(operation) ? bodyDifference(operation, sent) : null)
  );
}

/** By what the API server goes by: the query of a PATCH, the body of a DELETE and of an eviction. */
function grantOf({ method, path, body }: Sent, query: string): 'read' | 'rehearse' | 'write' {
  if (method === 'GET' || path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return 'read';
  if (method === 'PATCH') return new URLSearchParams(query).get('dryRun') === 'All' ? 'rehearse' : 'write';
  const options = JSON.parse(body);
  const dryRun = method === 'POST' ? options.deleteOptions?.dryRun : options.dryRun;
  return isDeepStrictEqual(dryRun, ['All']) ? 'rehearse' : 'write';
}

/** The path taken apart as the API server does it, without the house's own tables. */
function resourceDifference(path: string, query: string, method: string, says: string): Difference | null {
  const parts = path.split('/').slice(1);
  if (parts[0] !== 'api' && parts[0] !== 'apis') return null;
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const scoped = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, subresource, ...deeper] = scoped ? rest.slice(2) : rest;
  if (FORBIDDEN_GROUPS.test(parts[1] ?? '') || FORBIDDEN.test(resource))
    return differs('no Secret, no token, no right', says);
  if (deeper.length > 0 || (subresource !== undefined && !/^(?:log|eviction)$/.test(subresource)))
    return differs('no proxy, exec, attach or portforward', says);
  const asked = new URLSearchParams(query);
  if (method !== 'GET' || resource === '' || resource === 'selfsubjectaccessreviews') return null;
  const bounded =
    subresource === 'log'
      ? asked.has('tailLines') && asked.has('limitBytes')
      : name !== undefined || Number(asked.get('limit')) > 0;
  return bounded ? null : differs('every read is bounded', says);
}

/** What a dry run's patch may touch, beside the plan's own mark. */
function touches(verb: string): RegExp {
  if (verb === 'scale') return /^\/spec\/replicas$/;
  if (verb === 'cordon' || verb === 'uncordon' || verb === 'drain') return /^\/spec\/unschedulable$/;
  if (verb === 'rollout pause' || verb === 'rollout resume') return /^\/spec\/paused$/;
  if (verb === 'set image') return /^\/spec\/template\/spec\/(?:initC|c)ontainers\/\d+\/image$/;
  if (verb === 'set resources')
    return /^\/spec\/template\/spec\/(?:initC|c)ontainers\/\d+\/resources(?:\/|$)/;
  if (verb === 'rollout restart') return /^\/spec\/template\/metadata(?:\/annotations(?:\/|$)|$)/;
  if (verb === 'rollout undo') return /^\/spec\/template(?:\/|$)/;
  if (verb === 'label') return /^\/metadata\/labels(?:\/|$)/;
  if (verb === 'annotate') return /^\/metadata\/annotations(?:\/|$)/;
  return /^\/spec\/(?!.*(?:host|privileged|serviceAccount|volume|securityContext|command|args|env|image))/;
}

function bodyDifference({ verb }: Operation, { method, path, body }: Sent): Difference | null {
  if (method !== 'PATCH') return null;
  const steps: readonly { op: string; path: string }[] = JSON.parse(body);
  const wrong = steps.find(
    (step) =>
      step.op !== 'test' &&
      !/^\/metadata\/annotations(?:\/|$)/.test(step.path) &&
      !touches(verb).test(step.path),
  );
  return wrong === undefined
    ? null
    : differs('only what the verb changes', `${verb} patches ${wrong.path} of ${path}`);
}
