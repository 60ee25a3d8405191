import { defineConfig } from 'vitest/config';

const common = { testTimeout: 120_000, hookTimeout: 60_000, maxConcurrency: 12 };
/** What is measured in it, frames and tasks of the page, is disturbed by another browser. */
const measured = ['test/browser/console-large.test.ts'];

/** Tests that need Chromium, an extra program; run with `vitest run --config test/browser/vitest.config.ts`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: measured,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
