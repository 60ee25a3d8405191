import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { EnvFile } from '../env-file/env-file.ts';
import type { EnvKind } from '../env-file/parse-env-lines.ts';
import type { Finding } from './finding.ts';

const kinds = {
  binary: {
    problem: 'is not a text file',
    fix: 'name the .env itself; a text file is saved as UTF-8 by "save as" of an editor',
  },
  PowerShell: {
    problem: 'is a PowerShell script: it sets $env:KEY, and no reader of .env files knows that',
    fix: 'write each line as KEY=value, without $env: and without quotes',
  },
  batch: {
    problem: 'is a script of the Windows command line: it says set KEY=value',
    fix: 'write each line as KEY=value, without set',
  },
} as const satisfies Record<Exclude<EnvKind, 'env'>, { problem: string; fix: string }>;

/** One finding for a file that is not an `.env`: any further finding would be noise. */
export function lookAtKind(file: EnvFile, connections: readonly Connection[]): Finding | undefined {
  if (file.kind === 'env') return undefined;
  return {
    where: file.name,
    line: file.kind === 'binary' ? null : (file.assignments[0]?.line ?? null),
    key: null,
    severity: 'error',
    ...kinds[file.kind],
    blocks: connections.map(({ name }) => name),
  };
}
