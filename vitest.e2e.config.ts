import { defineConfig } from 'vitest/config';

// Tests that need a program from outside npm (a real Alertmanager; CI installs it, see .ci/run), or minutes.
export default defineConfig({
  test: { include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 60_000, maxConcurrency: 4 },
});
