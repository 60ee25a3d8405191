import { defineConfig } from 'vitest/config';

/** Tests that need Chromium, an extra program; run with `vitest run --config test/browser/vitest.config.ts`. */
export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
