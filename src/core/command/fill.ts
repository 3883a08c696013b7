import { type AskedKind, askedText } from '../kinds.ts';
import {
  type ActionType,
  actionTypeOf,
  askedKindsOf,
  type Operation,
  type OperationClass,
} from '../operation.ts';
import type { InputType } from '../runbook.ts';
import { type Accepted, parseWords } from './parse.ts';
import { orRefusal, type Refusal, Refused } from './refusal.ts';
import { isLabelSelector } from './selectors.ts';
import { tokenise, type Word, wordsOf } from './tokenise.ts';
import { bad, isDnsLabel, isDnsSubdomain, isInteger } from './values.ts';

/** A value for a placeholder, and what it claims to be. */
export type InputValue = { readonly type: InputType; readonly value: string };
export type Filled = { readonly argv: readonly string[] };

/** What a template does, judged with sample values; `class` is the worst that any value can make of it. */
export type CheckedTemplate = {
  readonly class: OperationClass;
  /** Null for a read. */
  readonly actionType: ActionType | null;
  /** With sample values in the places of the inputs. */
  readonly operation: Operation;
  /** The inputs that it uses. */
  readonly inputs: readonly string[];
};

const PLACEHOLDER = /\{\{ *([A-Za-z][A-Za-z0-9_-]*) *\}\}/g;
const WHOLE_SELECTOR = /^(?:--selector=|-l=)?\{\{[^{}]*\}\}$/;
const FITS: { readonly [T in InputType]: (value: string) => boolean } = {
  namespace: isDnsLabel,
  name: isDnsSubdomain,
  selector: isLabelSelector,
  integer: isInteger,
};
const SAMPLE = 'sample-value';
/** No kind, verb, flag or output is called so: a sample that the grammar takes stands where any value may stand. */
const SAMPLES: { readonly [T in InputType]: readonly [string, ...string[]] } = {
  namespace: [SAMPLE],
  name: [SAMPLE],
  selector: [`${SAMPLE}=${SAMPLE}`],
  // Both a first and a none: to scale to zero is another class than to scale to one.
  integer: ['1', '0'],
};

/**
 * A runbook's line with values in it, as words. The template is split first, so a value is always a part of the one
 * word that it stands in; placeholders may stand where a value or a name may, never for a verb, a kind or a flag.
 * `parseArgv` accepts the words that this gives.
 */
export function fillCommand(
  template: string,
  values: { readonly [name: string]: InputValue },
): Filled | Refusal {
  return orRefusal(() => {
    const words = tokenise(template, { placeholders: true });
    const types = Object.fromEntries(Object.entries(values).map(([name, { type }]) => [name, type]));
    // What a sample may stand for, a value may: this keeps values from being verbs, kinds and flags.
    parseSample(words, types, 0);
    const argv = words.map((word) =>
      substitute(word, (name) => {
        const { type, value } = own(values, name, word);
        if (!FITS[type](value)) throw bad(`"${clip(value)}", the value of ${name}, is not a ${type}`, word);
        return value;
      }),
    );
    parseWords(wordsOf(argv));
    return { argv };
  });
}

/** For loading a document: whether a template holds for the types of its inputs, and what it then does. */
export function checkTemplate(
  template: string,
  inputs: { readonly [name: string]: InputType },
): CheckedTemplate | Refusal {
  return orRefusal(() => {
    const words = tokenise(template, { placeholders: true });
    const { operation, verdict } = parseSample(words, inputs, 0);
    for (const kind of askedKindsOf(operation)) checkWritten(kind, words);
    const other = orRefusal(() => parseSample(words, inputs, 1));
    return {
      class: other.verdict === 'destructive' ? 'destructive' : verdict,
      actionType: actionTypeOf(operation),
      operation,
      inputs: [...new Set(words.flatMap((word) => placeholders(word)))],
    };
  });
}

/** @throws Refused */
function parseSample(
  words: readonly Word[],
  types: { readonly [name: string]: InputType },
  sample: number,
): Accepted {
  const filled = words.map((word) => ({
    column: word.column,
    text: substitute(word, (name) => {
      const type = own(types, name, word);
      if (type === 'selector' && !WHOLE_SELECTOR.test(word.text)) {
        throw new Refused(
          'bad_placeholder',
          `${name} is a selector and must be all that -l says`,
          word.column,
        );
      }
      return SAMPLES[type][sample] ?? SAMPLES[type][0];
    }),
  }));
  try {
    const accepted = parseWords(filled);
    const filledKind = askedKindsOf(accepted.operation).some((kind) => askedText(kind).includes(SAMPLE));
    if (filledKind) throw new Refused('bad_placeholder', 'a placeholder cannot stand for a kind', 1);
    return accepted;
  } catch (error) {
    const at = error instanceof Refused ? words.find((word) => word.column === error.column) : undefined;
    const name = at === undefined ? undefined : placeholders(at)[0];
    if (!(error instanceof Refused) || name === undefined) throw error;
    const says = `{{ ${name} }} cannot stand here: ${error.message}`;
    throw new Refused('bad_placeholder', says, error.column);
  }
}

/**
 * In a document a kind that the table does not know says its group: a slip of the pen would else pass for a kind that
 * some cluster may serve, and nobody could tell which right reading it needs. @throws Refused
 */
function checkWritten(kind: AskedKind, words: readonly Word[]): void {
  if (kind.group !== null) return;
  const column = words.find(({ text }) => text.toLowerCase().includes(kind.asked))?.column ?? 1;
  const says = `"${kind.asked}" is not a kind that firstmate knows; one of the cluster's own is written with its group, as in widgets.example.com`;
  throw new Refused('kind_unknown', says, column);
}

function placeholders(word: Word): readonly string[] {
  return [...word.text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
}

/** @throws Refused */
function substitute(word: Word, value: (name: string) => string): string {
  const left = word.text.replaceAll(PLACEHOLDER, '');
  if (left.includes('{{') || left.split('}').length > left.split('{').length) {
    throw new Refused(
      'bad_placeholder',
      `"${word.text}" is not a placeholder such as {{ name }}`,
      word.column,
    );
  }
  return word.text.replaceAll(PLACEHOLDER, (_, name: string) => value(name));
}

/** @throws Refused */
function own<T>(values: { readonly [name: string]: T }, name: string, word: Word): T {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw new Refused('unknown_placeholder', `{{ ${name} }} is not one of the inputs`, word.column);
}

function clip(value: string): string {
  return value.length <= 60 ? value : `${value.slice(0, 59)}…`;
}
