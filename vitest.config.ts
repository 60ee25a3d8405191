import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest: begun last, they would leave a core idle at the end. */
const longest = ['weeks', 'interleavings', 'simulation', 'fault-matrix', 'crash', 'client-on-demand'];

/** Starts with the longest files. The others follow project by project: the workers of one project serve no other. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found >= 0 ? found : longest.length + (project.name === 'unit' ? 1 : 0);
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Files in which nothing outlives its test: what a worker has loaded serves the next file too. */
const sharing = {
  // Half of the CPU time went into loading the same modules for each file anew.
  isolate: false,
  // A busy machine is not a failure.
  testTimeout: 60_000,
} as const;

/** Three projects: `npm run check` runs the quick one alone; the two others need `dist/lambda`. */
export default defineConfig({
  test: {
    // Most of a test's time is waiting for other processes, so even two cores have room for three.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...sharing, name: 'unit', include: ['test/unit/**/*.test.ts', 'test/infra/**/*.test.ts'] } },
      {
        test: {
          ...sharing,
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/contract/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'proof',
          include: ['test/simulation/**/*.test.ts', 'test/proof/**/*.test.ts', 'test/bench/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
