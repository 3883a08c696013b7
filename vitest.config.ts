import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    // Two cores are what a small machine and CI have.
    maxWorkers: 2,
    // The files share a worker's modules: nothing in them keeps state, and loading them 178 times took half the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
