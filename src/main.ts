#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `firstmate needs Node 22.19 or newer; this is ${process.versions.node}. In a checkout, use npx firstmate or npm run: they bring their own.\n`,
  );
  process.exit(2);
}
const { runCommandLine } = await import('./cli/run.ts');
await runCommandLine(process.argv.slice(2));
