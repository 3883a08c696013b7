import {
  type AnnotateOperation,
  type LabelOperation,
  METADATA_KINDS,
  type MetadataChange,
} from '../../write-operations.ts';
import { NAMESPACE, readFlags, switchFlag } from '../flags.ts';
import { type Grammar, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { isLabelKey, isLabelValue } from '../selectors.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { bad } from '../values.ts';

const FLAGS = { namespace: NAMESPACE, overwrite: switchFlag() };
const LONGEST_ANNOTATION = 1024;
/** Keys of these prefixes mean something to the cluster, to who writes it from Git, or to firstmate. */
const RESERVED = [
  'kubernetes.io',
  'k8s.io',
  'x-k8s.io',
  'argoproj.io',
  'fluxcd.io',
  'helm.sh',
  'firstmate.dev',
];

export const label: Grammar<LabelOperation> = {
  read: (words) => ({ verb: 'label', ...readMetadata(words, 'label', isLabelValue) }),
  write: writeMetadata,
};

export const annotate: Grammar<AnnotateOperation> = {
  read: (words) => ({
    verb: 'annotate',
    ...readMetadata(words, 'annotate', (text) => text.length <= LONGEST_ANNOTATION),
  }),
  write: writeMetadata,
};

function readMetadata(
  words: readonly Word[],
  verb: string,
  isValue: (text: string) => boolean,
): Omit<LabelOperation, 'verb'> {
  const { flags, rest } = readFlags(words, FLAGS);
  const first = rest.findIndex(({ text }) => text.includes('=') || text.endsWith('-'));
  const about = oneSubject(first === -1 ? rest : rest.slice(0, first), verb, METADATA_KINDS);
  const changes = (first === -1 ? [] : rest.slice(first)).map((word) => change(word, isValue));
  if (changes.length === 0) {
    throw new Refused('change_required', `${verb} it how? Add key=value, or key- to take one away`, 1);
  }
  if (new Set(changes.map(({ key }) => key)).size < changes.length) {
    throw new Refused('repeated_flag', 'a key is named twice', 1);
  }
  return {
    ...about,
    namespace: about.kind.namespaced ? requireNamespace(flags.namespace) : null,
    changes: changes.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    overwrite: flags.overwrite !== null,
  };
}

function change(word: Word, isValue: (text: string) => boolean): MetadataChange {
  const { text } = word;
  const cut = text.indexOf('=');
  if (cut === -1 && !text.endsWith('-')) throw bad(`"${text}" is neither key=value nor key-`, word);
  const key = cut === -1 ? text.slice(0, -1) : text.slice(0, cut);
  const value = cut === -1 ? null : text.slice(cut + 1);
  if (!isLabelKey(key)) throw bad(`"${key}" is not a key such as team or example.com/team`, word);
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (RESERVED.some((own) => prefix === own || prefix.endsWith(`.${own}`))) {
    throw new Refused(
      'reserved_key',
      `"${key}" is reserved: keys of ${prefix} are not changed here`,
      word.column,
    );
  }
  if (value !== null && !isValue(value)) throw bad(`"${value}" is not a value for ${key}`, word);
  return { key, value };
}

function writeMetadata({ kind, name, namespace, changes, overwrite }: Omit<LabelOperation, 'verb'>) {
  return [
    `${kind.kind.toLowerCase()}/${name}`,
    ...changes.map(({ key, value }) => (value === null ? `${key}-` : `${key}=${value}`)),
    ...(namespace === null ? [] : ['-n', namespace]),
    ...switchWord('overwrite', overwrite),
  ];
}
