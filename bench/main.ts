import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from './audit.ts';
import type { Bench } from './bench.ts';
import { gate } from './gate.ts';
import { guard } from './guard.ts';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { playground } from './playground.ts';
import { policy } from './policy.ts';
import { start } from './start.ts';
import { round } from './statistics.ts';
import { storm } from './storm.ts';

const BENCHES: readonly Bench[] = [ingest, latency, storm, start, playground, audit, guard, policy, gate];

/** `npm run bench -- [NAME]…`: those or all; one JSON value on stdout, progress on stderr. Exit 0 whatever the figures are. */
async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true } },
  });
  const only = [...positionals, ...(values.only ?? [])];
  const names = BENCHES.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`bench: there is no bench "${unknown}"; there are ${names.join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  // What is measured is what is installed: the compiled program.
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'scripts', 'build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) throw new Error('the build failed; its faults are above');

  const benches: { [name: string]: unknown } = {};
  for (const bench of BENCHES) {
    if (only.length > 0 && !only.includes(bench.name)) continue;
    const began = performance.now();
    const measured = await bench.run((progress) => process.stderr.write(`${bench.name}: ${progress}\n`));
    benches[bench.name] = {
      ...measured,
      tookSeconds: Math.round((performance.now() - began) / 1000),
      // Of the last minute, the bench's own share included: far above the number of cores, others worked here too.
      loadAverage: round(loadavg()[0] ?? 0),
    };
  }
  process.stdout.write(`${JSON.stringify({ machine: machine(), benches }, null, 2)}\n`);
}

function machine() {
  const all = cpus();
  return {
    cores: all.length,
    cpu: all[0]?.model ?? 'unknown',
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}

await main(process.argv.slice(2));
