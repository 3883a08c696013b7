import childProcess from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Loaded with --import before a program: each attempt to start another one is written down and refused.
const told = process.env.ATTEMPTS ?? '';

function refuse(how, what) {
  appendFileSync(told, `${JSON.stringify([how, what])}\n`);
  throw new Error(`${how} is not to be used: ${what}`);
}

// `spawn`, `exec`, `execFile` and `fork` all end here, whoever imported them and how.
childProcess.ChildProcess.prototype.spawn = (options) => refuse('spawn', options?.file);
for (const name of ['spawn', 'exec', 'execFile', 'fork', 'spawnSync', 'execSync', 'execFileSync'])
  childProcess[name] = (...args) => refuse(name, String(args[0]));
syncBuiltinESMExports();
// The trap tells that it is there.
appendFileSync(told, '"watching"\n');
