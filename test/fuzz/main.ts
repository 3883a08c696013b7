import { parseArgs } from 'node:util';
import { REGISTRY } from '../../src/core/operation.ts';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- [--runs N] [--seed S] [--from INPUT]`: exit 0 when nothing differs, 1 when something does. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, seed: { type: 'string' }, from: { type: 'string' } },
  });
  const runs = whole('runs', values.runs ?? '1000000');
  const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000));
  const from = whole('from', values.from ?? '0');
  const began = performance.now();
  process.stderr.write(`fuzz: ${runs} inputs from ${from}, seed ${seed}\n`);
  const { found, refused, carriedOut, accepted, requests } = await fuzz(
    { runs, seed, from },
    (inputs, differ) =>
      process.stderr.write(
        `fuzz: ${inputs} after ${Math.round((performance.now() - began) / 1000)} s, ${differ} differ\n`,
      ),
  );
  const seconds = (performance.now() - began) / 1000;
  const most = (counts: ReadonlyMap<string, number>) =>
    Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
  const missing = REGISTRY.map(({ verb }) => verb).filter((verb) => !carriedOut.has(verb));
  const told = {
    runs,
    seed,
    accepted,
    requests,
    seconds: Math.round(seconds),
    refused: most(refused),
    carriedOut: most(carriedOut),
  };
  process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  for (const { input, rule, says, line, shortest } of found) {
    process.stdout.write(
      `\ninput ${input} of seed ${seed}: ${rule}\n  ${says}\n  ${JSON.stringify(line)}\n  shortest: ${JSON.stringify(shortest)}\n`,
    );
  }
  if (missing.length > 0) process.stdout.write(`never carried out: ${missing.join(', ')}\n`);
  if (found.length > 0) process.exitCode = 1;
}

function whole(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`fuzz: --${flag} takes a whole number, not "${text}"\n`);
  process.exit(2);
}

await main();
