/** One line of the fuzzer: a good one out of the grammar's words, and what is done to it. */
import type { Random } from './random.ts';
import { FLAGS, JSONPATHS, NASTY, NUMBERS, PATCHES, subjectOf, VERBS } from './vocabulary.ts';

const NAMESPACED = new Set(['cordon', 'uncordon', 'drain', 'version', 'api-resources']);

/** The words of a line that is good more often than not. */
function goodWords(random: Random): readonly string[] {
  const verb = random.pick(VERBS);
  const all = FLAGS.get(verb) ?? [];
  const raw = verb === 'get' && random.chance(0.05);
  const wanted = new Set<string>(raw ? ['raw'] : []);
  if (!raw && !NAMESPACED.has(verb)) wanted.add(random.chance(0.9) ? 'namespace' : 'all-namespaces');
  if (verb === 'scale') wanted.add('replicas');
  if (verb === 'patch') wanted.add('patch');
  if (verb === 'drain') wanted.add('ignore-daemonsets');
  if (verb === 'set resources') wanted.add('limits');
  if (verb === 'delete' && random.chance(0.2)) wanted.add('force');
  for (let more = raw ? 0 : random.below(3); more > 0; more -= 1) {
    const flag = all[random.below(all.length)];
    if (flag !== undefined && flag.long !== 'raw' && flag.long !== 'all-namespaces') wanted.add(flag.long);
  }
  const flags = all.filter(({ long }) => wanted.has(long)).flatMap((flag) => flagWords(flag, random));
  const subject = raw ? [] : subjectOf(verb, random);
  const words = random.chance(0.5) ? [...subject, ...flags] : [...flags, ...subject];
  return ['kubectl', ...verb.split(' '), ...words];
}

function flagWords(
  flag: { long: string; short?: string; value: ((random: Random) => string) | null },
  random: Random,
) {
  const name = flag.short !== undefined && random.chance(0.5) ? `-${flag.short}` : `--${flag.long}`;
  if (flag.value === null)
    return [random.chance(0.1) ? `${name}=${random.pick(['true', 'false', 'TRUE', '1'])}` : name];
  const value = flag.value(random);
  if (flag.short !== undefined && name === `-${flag.short}` && random.chance(0.2)) return [`${name}${value}`];
  return random.chance(0.5) ? [name, value] : [`${name}=${value}`];
}

type Mutation = (words: readonly string[], random: Random) => readonly string[];
const at = (words: readonly string[], index: number, change: (word: string) => string): readonly string[] =>
  words.with(index, change(words[index] ?? ''));
const somewhere =
  (change: (word: string, random: Random) => string): Mutation =>
  (words, random) =>
    at(words, random.below(words.length), (word) => change(word, random));
const inserted = (word: string, from: string, random: Random): string => {
  const cut = random.below(word.length + 1);
  return word.slice(0, cut) + from + word.slice(cut);
};
/** Letters that look like those of kubectl's words, and characters that show nothing. */
const LOOK_ALIKES = [
  '\u0430',
  '\u0435',
  '\u043e',
  '\u0440',
  '\u0455',
  '\uff0d',
  '\u2014',
  '\u2010',
  '\u212a',
  '\u017f',
  '\u0131',
];
const UNSEEN = [
  '\u0000',
  '\u200b',
  '\u202e',
  '\ufeff',
  '\u00a0',
  '\u2028',
  '\r',
  '\n',
  '\t',
  '\u001b',
  '\u007f',
  '\u00ad',
];
const SIGNS = [
  '-1',
  '+1',
  '1e3',
  '1E0',
  '0x10',
  '010',
  '1_000',
  '1.0',
  '.5',
  '-0',
  '4294967296',
  '1e999',
  'NaN',
  '٣',
  ' 1',
  '1 ',
];
const EDGES = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ 0aA';

const MUTATIONS: readonly Mutation[] = [
  somewhere((word, random) =>
    random.pick([word.toUpperCase(), word.toLowerCase(), word.charAt(0).toUpperCase() + word.slice(1)]),
  ),
  somewhere((word) => (word.endsWith('s') ? word.slice(0, -1) : `${word}s`)),
  somewhere(
    (word, random) =>
      word +
      random.pick(['.apps', '.v1.apps', '.v1.', '.', '.example.com', '.v1beta1.apps', ',pods', ',secrets']),
  ),
  somewhere((word, random) => inserted(word, random.pick(LOOK_ALIKES), random)),
  somewhere((word, random) => inserted(word, random.pick(UNSEEN), random)),
  somewhere((word, random) => inserted(word, random.pick([...EDGES]), random)),
  somewhere((word, random) =>
    word.replace(random.pick(['=', '/', '-', '.']), random.pick([' ', '==', '//', '_', ''])),
  ),
  somewhere(
    (word, random) =>
      `${word}${random.pick(['/..', '/', '/log', '/exec', '/proxy', '/status', '?x', '#', '%2f..', '@x', ':80'])}`,
  ),
  somewhere((_, random) => random.pick(NASTY)),
  somewhere((_, random) => random.pick(['x', 'a.', 'get ']).repeat(1 + random.below(1500))),
  (words, random) => words.map((word) => word.replace(/\d+$/, () => random.pick([...SIGNS, ...NUMBERS]))),
  (words, random) => words.toSpliced(random.below(words.length + 1), 0, random.pick(NASTY)),
  (words, random) =>
    words.toSpliced(random.below(words.length + 1), 0, words[random.below(words.length)] ?? ''),
  (words, random) => words.toSpliced(random.below(words.length), 1),
  (words, random) => {
    const [from, to] = [random.below(words.length), random.below(words.length)];
    return words.with(from, words[to] ?? '').with(to, words[from] ?? '');
  },
  // A flag of another verb, whole or cut short.
  (words, random) => {
    const flags = FLAGS.get(random.pick(VERBS)) ?? [];
    const flag = flags[random.below(flags.length)];
    const taken = flag === undefined ? ['--x'] : flagWords(flag, random);
    const cut = random.chance(0.3) ? taken.map((word) => word.replace(/^(--\w+?)\w{1,4}\b/, '$1')) : taken;
    return words.toSpliced(random.below(words.length + 1), 0, ...cut);
  },
  (words) =>
    words.flatMap((word) =>
      /^--?[a-z-]+=/.test(word)
        ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
        : [word],
    ),
  (words, random) => words.map((word) => (/^\{"|^\[\{/.test(word) ? patchText(random) : word)),
  (words, random) => words.map((word) => word.replace(/jsonpath=.*/, () => `jsonpath=${template(random)}`)),
  // Before the verb, where only -n may stand.
  (words, random) =>
    words.toSpliced(
      1,
      0,
      random.pick(['-n', '--namespace=web', '-n=web', '-A', '-s', '--', ...NASTY]),
      'web',
    ),
];

const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    'null',
    '0',
    '1e3',
    '-1',
    'true',
    '"spec"',
    '"metadata"',
    '"name"',
    '"op"',
    '"path"',
  ],
  ...[
    '"hostNetwork":true',
    '"__proto__":{}',
    '"/spec/replicas"',
    '"/spec/template/spec/volumes"',
    '"privileged":true',
    '"$patch"',
  ],
];
function patchText(random: Random): string {
  let text = random.pick(PATCHES);
  for (let more = random.below(3); more >= 0; more -= 1) {
    const cut = random.below(text.length);
    text = text.slice(0, cut) + random.pick(PIECES) + text.slice(cut + random.below(6));
  }
  return random.chance(0.5) ? text : random.pick(PATCHES).replace(/"\w+"/, random.pick(PIECES));
}

const STEPS = [
  '{',
  '}',
  '[',
  ']',
  '.',
  '..',
  '*',
  '?(',
  ')',
  '@',
  '$',
  '==',
  '=~',
  "'",
  '"',
  '0',
  '-1',
  ':',
  ',',
  'range ',
  'end',
  '\\',
  'items',
];
function template(random: Random): string {
  if (random.chance(0.5)) return random.pick(JSONPATHS) + random.pick(JSONPATHS);
  return Array.from({ length: 1 + random.below(12) }, () => random.pick(STEPS)).join('');
}

/** Words as a line, quoted where it must be, sometimes where it must not, and sometimes not where it must. */
function written(words: readonly string[], random: Random): string {
  return words
    .map((word) => {
      const plain = /^[A-Za-z0-9_./:=,@%+-]+$/.test(word);
      if (random.chance(plain ? 0.97 : 0.05)) return word;
      if (!word.includes("'") && random.chance(0.8)) return `'${word}'`;
      return word.includes('"') || random.chance(0.3) ? `'${word.replaceAll("'", `'"'"'`)}'` : `"${word}"`;
    })
    .join(random.chance(0.02) ? '  ' : ' ');
}

/** One line: half are left as they are, the others changed up to four times. */
export function fuzzedLine(random: Random): string {
  let words = goodWords(random);
  for (let more = random.chance(0.5) ? 0 : 1 + random.below(4); more > 0 && words.length > 0; more -= 1) {
    words = random.pick(MUTATIONS)(words, random);
  }
  return written(words, random);
}
