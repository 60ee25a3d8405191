import type { EnvLines } from './parse-env-lines.ts';

/** How the `env` command notes when a token ends. */
export function expiryComment(key: string, expiresAt: Date): string {
  return `${key} expires ${expiresAt.toISOString()}`;
}

/** When a token ends by the comment that the `env` command wrote. */
export function writtenExpiry({ comments }: EnvLines, key: string): Date | undefined {
  const mark = `${key} expires `;
  const written = comments.findLast((comment) => comment.startsWith(mark))?.slice(mark.length);
  const expiry = new Date(written ?? '');
  return Number.isNaN(expiry.getTime()) ? undefined : expiry;
}

/** The key whose expiry a line notes; `undefined` for every other line. */
export function expiryMark(line: string): string | undefined {
  return /^# (\w+) expires \d{4}-/.exec(line)?.[1];
}
