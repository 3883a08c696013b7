import { parseCommand } from '../../src/core/command/parse.ts';
import type { RefusalCode } from '../../src/core/command/refusal.ts';
import { isWrite, type Operation } from '../../src/core/operation.ts';
import { about, within } from './asking.ts';
import { fuzzedLine } from './lines.ts';
import { type Difference, lineDifference, requestDifference } from './oracle.ts';
import { randomOf } from './random.ts';
import { openRecordingApi, type RecordingApi } from './recording-api.ts';

export type Found = Difference & { readonly input: number; readonly line: string; readonly shortest: string };

export type Fuzzed = {
  readonly inputs: number;
  readonly accepted: number;
  readonly requests: number;
  /** Refused lines by their code. */
  readonly refused: ReadonlyMap<RefusalCode, number>;
  /** Operations that were carried out to their end in a plausible cluster, by verb. */
  readonly carriedOut: ReadonlyMap<Operation['verb'], number>;
  readonly found: readonly Found[];
};

/** One line in this many meets a cluster that wants to lead the asking side astray. */
const HOSTILE = 8;
/** More say nothing new. */
const MOST_FOUND = 10;

/**
 * Makes `runs` lines out of the seed, parses each, carries out what the grammar accepts against a recording API, and
 * holds what was sent against the registry. The same seed finds the same.
 */
export async function fuzz(
  options: { readonly runs: number; readonly seed: number; readonly from?: number },
  tell: (inputs: number, found: number) => void = () => undefined,
): Promise<Fuzzed> {
  const { runs, seed, from = 0 } = options;
  const api = openRecordingApi();
  const found: Found[] = [];
  const refused = new Map<RefusalCode, number>();
  const carriedOut = new Map<Operation['verb'], number>();
  let [accepted, requests] = [0, 0];
  for (let input = from; input < from + runs && found.length < MOST_FOUND; input += 1) {
    const line = fuzzedLine(randomOf(seed, input));
    const world = input % HOSTILE === 0 ? 'hostile' : 'plausible';
    const tried = await tryLine(api, line, world);
    requests += api.sent().length;
    if ('code' in tried) refused.set(tried.code, (refused.get(tried.code) ?? 0) + 1);
    else accepted += 1;
    if ('done' in tried && tried.done !== null && world === 'plausible') {
      carriedOut.set(tried.done, (carriedOut.get(tried.done) ?? 0) + 1);
    }
    if (tried.difference !== null) {
      const { difference } = tried;
      found.push({
        ...difference,
        input,
        line,
        shortest: await shortened(api, line, world, difference.rule),
      });
    }
    if ((input + 1 - from) % 50_000 === 0) tell(input + 1 - from, found.length);
  }
  return { inputs: runs, accepted, requests, refused, carriedOut, found };
}

type Tried =
  | { readonly code: RefusalCode; readonly difference: Difference | null }
  | { readonly done: Operation['verb'] | null; readonly difference: Difference | null };

/** What comes of one line in one world. */
export async function tryLine(
  api: RecordingApi,
  line: string,
  world: 'plausible' | 'hostile',
): Promise<Tried> {
  api.begin(world);
  const parsed = parseCommand(line);
  if (parsed.verdict === 'refuse') {
    const { code, reason } = parsed;
    return {
      code,
      difference: code === 'internal' ? { rule: 'every refusal is meant', says: reason } : null,
    };
  }
  const { operation } = parsed;
  const inLine = lineDifference(line, parsed);
  if (inLine !== null) return { done: null, difference: inLine };
  try {
    const answer = isWrite(operation)
      ? await api.rehearser.rehearse(operation, about())
      : await api.reader.read(operation, within());
    const done = answer.status === 'ok' ? operation.verb : null;
    return { done, difference: requestDifference(operation, api.sent()) ?? gateDifference(api, world) };
  } catch (error) {
    return { done: null, difference: { rule: 'no port throws', says: String(error) } };
  }
}

/** A gate that had to refuse says that an operation asked for more than its line: only a lying cluster may cause that. */
function gateDifference(api: RecordingApi, world: 'plausible' | 'hostile'): Difference | null {
  const refusal =
    world === 'hostile' ? undefined : api.refused().find(({ says }) => !says.includes('ConfigMaps'));
  return refusal === undefined
    ? null
    : { rule: 'the gate has nothing to refuse', says: `${refusal.method} ${refusal.path}: ${refusal.says}` };
}

/** The same fault with as few words as it takes, found by leaving them out one after the other. */
async function shortened(
  api: RecordingApi,
  line: string,
  world: 'plausible' | 'hostile',
  rule: string,
): Promise<string> {
  let words = line.split(' ');
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const fewer = words.toSpliced(at, 1);
    const { difference } = await tryLine(api, fewer.join(' '), world);
    if (difference?.rule === rule) words = fewer;
  }
  return words.join(' ');
}
