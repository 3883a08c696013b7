import { defineConfig } from 'vitest/config';

// Tests that need a program from outside npm (a real Alertmanager or Chromium, which .ci/run installs; a real kubectl where
// there is one), or minutes.
export default defineConfig({
  test: { include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 60_000, maxConcurrency: 4 },
});
