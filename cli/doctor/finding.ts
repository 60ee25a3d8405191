import type { EnvFile } from '../env-file/env-file.ts';
import type { Paint } from '../terminal.ts';

/** One thing that the doctor found; no value of the file is ever in it. */
export type Finding = {
  /** The file as the user named it, or the secret. */
  readonly where: string;
  /** Counted from 1; `null` for a missing key, or if there is no file. */
  readonly line: number | null;
  /** Key of the `.env`, or field of the secret. */
  readonly key: string | null;
  /** `error` fails the check; `warning` is worth knowing. */
  readonly severity: 'error' | 'warning';
  readonly problem: string;
  readonly fix: string;
  /** Connections whose credentials cannot be imported because of it. */
  readonly blocks: readonly string[];
};

/** A mistake in an `.env`. @param at - Its line; left out if it has none. */
export function mistake(
  file: EnvFile,
  { line, key }: Pick<Finding, 'line' | 'key'> = { line: null, key: null },
  problem: string,
  fix: string,
  blocks: readonly string[] = [],
): Finding {
  return { where: file.name, line, key, severity: 'error', problem, fix, blocks };
}

export function inOrder(findings: readonly Finding[]): Finding[] {
  const lineOf = ({ line }: Finding) => line ?? Number.MAX_SAFE_INTEGER;
  return findings.toSorted((one, other) => one.where.localeCompare(other.where) || lineOf(one) - lineOf(other));
}

/** Two lines per finding: where and what, and the fix. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string[] {
  return findings.flatMap(({ where, line, key, severity, problem, fix }) => {
    const place = line === null ? where : `${where}:${line}`;
    const mark = severity === 'error' ? paint.bad('✗') : paint.warn('!');
    return [`${mark} ${place}${key === null ? '' : `  ${key}`}  ${problem}`, `    fix: ${fix}`];
  });
}
