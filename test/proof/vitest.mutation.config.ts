import { defineConfig } from 'vitest/config';

/** What mutation testing runs against each mutant; the interleavings take longer than all the others together. */
export default defineConfig({
  test: {
    include: ['test/unit/lambda/**/*.test.ts'],
    exclude: ['test/unit/lambda/interleavings.test.ts'],
    testTimeout: 20_000,
  },
});
