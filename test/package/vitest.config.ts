import { defineConfig } from 'vitest/config';

/** Not a part of `npm test`: it installs real projects from the npm registry, for some minutes. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000, maxWorkers: 2 },
});
