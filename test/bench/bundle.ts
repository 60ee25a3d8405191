import { fileURLToPath } from 'node:url';
import { faultsOfWeight, totalLimitBytes, weighBundle } from '../../build/bundle-budget.ts';
import type { Findings } from './row.ts';

/** Weighs the bundle and holds it to its budget. */
export async function benchBundle(): Promise<Findings> {
  const weight = weighBundle(fileURLToPath(new URL('../../dist', import.meta.url)));
  const faults = faultsOfWeight(weight);
  const row = {
    name: 'bundle size',
    target: `at most ${kilobytes(totalLimitBytes)} in all, and each part its budget`,
    figure: [kilobytes(weight.totalBytes), ...faults].join('; '),
    verdict: faults.length === 0 ? ('met' as const) : ('missed' as const),
  };
  const lines = weight.parts.map(
    ({ part, bytes, limitBytes, purpose }) =>
      `| \`${part}\` | ${kilobytes(bytes)} | ${kilobytes(limitBytes)} | ${purpose} |`,
  );
  const document = [
    '| part | bytes | budget | what for |',
    '|---|---|---|---|',
    ...lines,
    `| in all | ${kilobytes(weight.totalBytes)} | ${kilobytes(totalLimitBytes)} | |`,
  ].join('\n');
  return { rows: [row], document };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
