import { classOf, type OperationClass, type ReadOperation, type WriteOperation } from '../operation.ts';
import { forbiddenFlag } from './forbidden-flags.ts';
import { READERS, WRITERS } from './grammars.ts';
import { orRefusal, type Refusal, Refused } from './refusal.ts';
import { saysOf } from './says.ts';
import { tokenise, type Word, wordsOf } from './tokenise.ts';

/** `reason` is a sentence for people: what the operation does, or why there is none. */
export type Accepted =
  | { readonly verdict: 'read'; readonly operation: ReadOperation; readonly reason: string }
  | {
      readonly verdict: Exclude<OperationClass, 'read'>;
      readonly operation: WriteOperation;
      readonly reason: string;
    };
export type Parsed = Refusal | Accepted;

/** Verbs of two words: the second chooses the operation. */
const TWO_WORDS = new Set(['rollout', 'auth', 'set']);
/** Refused for good: no later version will take them. */
const FORBIDDEN_VERBS: ReadonlyMap<string, string> = new Map([
  ...['exec', 'attach', 'cp', 'debug', 'run'].map((verb): [string, string] => [
    verb,
    'nothing is run inside a cluster',
  ]),
  ...['port-forward', 'proxy'].map((verb): [string, string] => [
    verb,
    'no connection is opened into a cluster',
  ]),
  ...['edit', 'replace', 'create', 'apply', 'expose', 'autoscale', 'kustomize'].map(
    (verb): [string, string] => [verb, 'objects are not made or rewritten here'],
  ),
  ['diff', 'a change shows its own diff before it is approved'],
  ['wait', 'a command here ends by itself; "kubectl rollout status" and "kubectl get" look once'],
  ['taint', 'use "kubectl cordon" to keep new pods off a node'],
  ...['config', 'plugin', 'certificate', 'convert', 'krew'].map((verb): [string, string] => [
    verb,
    'it is not for responding to an incident',
  ]),
]);

/** What to ask instead; these verbs only are not here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['rollout', 'rollout takes status, history, undo, restart, pause and resume'],
  ['set', 'set takes image and resources'],
  ['auth', 'auth takes can-i'],
  ['explain', '"kubectl get … -o yaml" shows the fields of what is there'],
  ['cluster-info', 'use "kubectl get nodes" or "kubectl get --raw=/readyz?verbose"'],
  ['api-versions', 'use "kubectl api-resources"'],
]);

/** One line of text, judged. What the grammar does not know is refused; nothing is guessed. */
export function parseCommand(line: string): Parsed {
  return orRefusal(() => parseWords(tokenise(line, { placeholders: false })));
}

/** The same for words that are apart already. */
export function parseArgv(argv: readonly string[]): Parsed {
  return orRefusal(() => parseWords(wordsOf(argv)));
}

/** @throws Refused */
export function parseWords(words: readonly Word[]): Accepted {
  const [binary, ...afterBinary] = words;
  if (binary === undefined) throw new Refused('empty', 'there is no command', 1);
  if (binary.text !== 'kubectl') {
    throw new Refused(
      'not_kubectl',
      `a command starts with kubectl, not with "${binary.text}"`,
      binary.column,
    );
  }
  const { before, after } = atVerb(afterBinary);
  const [first, ...afterFirst] = after;
  if (first === undefined) throw new Refused('no_verb', 'kubectl what? The verb is missing', binary.column);
  const twoWords = TWO_WORDS.has(first.text);
  const between = twoWords ? atVerb(afterFirst) : { before: [], after: afterFirst };
  const second = twoWords ? between.after[0] : undefined;
  const verb = second === undefined ? first.text : `${first.text} ${second.text}`;
  const rest = [...between.after.slice(second === undefined ? 0 : 1), ...before, ...between.before];

  const reader = READERS.get(verb);
  if (reader !== undefined) {
    const operation = reader.read(rest);
    return { verdict: 'read', operation, reason: saysOf(operation) };
  }
  const writer = WRITERS.get(verb);
  if (writer === undefined) throw unknownVerb(verb, first, second ?? first);
  const operation = writer.read(rest);
  const verdict = classOf(operation);
  // A write that the registry calls a read would be a hole in the registry.
  if (verdict === 'read') throw new Refused('internal', `${verb} is not a read`, first.column);
  return { verdict, operation, reason: saysOf(operation) };
}

/**
 * Of kubectl's global flags only -n may stand before the verb, or between the two words of one; it counts as if it stood
 * behind it.
 */
function atVerb(words: readonly Word[]): { before: readonly Word[]; after: readonly Word[] } {
  let at = 0;
  for (let word = words[at]; word?.text.startsWith('-'); word = words[at]) {
    const name = word.text.split('=')[0] ?? '';
    const glued = /^-n[^=]/.test(word.text);
    if (name !== '-n' && name !== '--namespace' && !glued) {
      throw forbiddenFlag(name, word.column, ['namespace']);
    }
    at += glued || word.text.includes('=') ? 1 : 2;
  }
  return { before: words.slice(0, at), after: words.slice(at) };
}

function unknownVerb(verb: string, first: Word, word: Word): Refused {
  const why = FORBIDDEN_VERBS.get(first.text);
  if (why !== undefined) {
    return new Refused('forbidden_verb', `"kubectl ${first.text}" is refused for good: ${why}`, first.column);
  }
  const instead = INSTEAD.get(first.text);
  const says = `"kubectl ${verb}" is not a command that firstmate knows${instead === undefined ? '' : `: ${instead}`}`;
  return new Refused('unknown_verb', says, word.column);
}
