import { defineConfig } from 'vitest/config';

/** Two projects, so that `npm run check` can run the quick one alone: integration tests need `dist/lambda`. */
export default defineConfig({
  test: {
    // Most of a test's time is waiting for other processes, so even two cores have room for three.
    maxWorkers: 3,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/infra/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: [
            'test/integration/**/*.test.ts',
            'test/contract/**/*.test.ts',
            'test/simulation/**/*.test.ts',
            'test/proof/**/*.test.ts',
            'test/fuzz/**/*.test.ts',
            'test/bench/**/*.test.ts',
          ],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
