// Builds on `npm ci` in a checkout. Without dev dependencies there is no compiler: the image builds in its own stage.
import { createRequire } from 'node:module';

try {
  createRequire(import.meta.url).resolve('typescript/package.json');
} catch {
  process.exit(0);
}
await import('./build.mjs');
