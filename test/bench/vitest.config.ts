import { defineConfig } from 'vitest/config';

/** The reader's simulated day: half a minute of work, so it is run with the benchmark and not by `npm test`. */
export default defineConfig({
  test: { name: 'bench', include: ['test/bench/**/*.test.ts'], testTimeout: 120_000 },
});
