import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardLine } from '../src/cli/guard.ts';
import { atLeast, type Bench } from './bench.ts';
import { cpuMs, median, round } from './statistics.ts';

const FIXTURES = join(import.meta.dirname, '..', 'test', 'fixtures', 'guard');
const PASSES = 10;
const ROUNDS = 9;

/**
 * Commands that are parsed and decided in a second of one core's time: those that people type, those of attackers, and both
 * corpora one after the other. Every verdict is checked, or the figures would say nothing.
 */
export const guard: Bench = {
  name: 'guard',
  async run(say) {
    const legit = corpus('legit');
    const attacks = corpus('attacks');
    const perSecond = {
      legit: rate(legit),
      attacks: rate(attacks),
      both: rate([...legit, ...attacks]),
    };
    say(`${perSecond.both.median} commands a second, ${perSecond.legit.median} of those that are taken`);
    return {
      n: { legit: legit.length, attacks: attacks.length, passes: PASSES, rounds: ROUNDS },
      targets: [
        atLeast('commands parsed and decided a second', 10_000, perSecond.both.median),
        atLeast('commands taken and decided a second', 10_000, perSecond.legit.median),
      ],
      figures: { perSecond },
    };
  },
};

type Case = { readonly input: string; readonly expect: string };

function corpus(name: string): readonly Case[] {
  const lines = readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line): Case => JSON.parse(line));
}

/** The first round is for the compiler, and not counted. */
function rate(cases: readonly Case[]) {
  const rates = Array.from({ length: ROUNDS + 1 }, () => {
    const began = cpuMs();
    for (let pass = 0; pass < PASSES; pass += 1) {
      for (const { input, expect } of cases) {
        const { verdict } = guardLine(input);
        if (verdict !== expect) throw new Error(`${input}: ${verdict}, not ${expect}`);
      }
    }
    return (PASSES * cases.length * 1_000) / (cpuMs() - began);
  }).slice(1);
  return { median: round(median(rates)), min: round(Math.min(...rates)), max: round(Math.max(...rates)) };
}
