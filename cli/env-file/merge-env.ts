import { expiryMark } from './expiry-comment.ts';

/**
 * Writes the assignments of one `.env` into another: a key that both have gets its new value where it stands, what is
 * new comes at the end, and every other line stays as it is.
 *
 * @param before - The file as it is.
 * @param written - What `env` would write into an empty file.
 */
export function mergeEnv(before: string, written: string): string {
  const fresh = new Map<string, string>();
  const expiries = new Map<string, string>();
  for (const line of written.split('\n')) {
    const key = keyOf(line);
    if (key !== undefined) fresh.set(key, line);
    const noted = expiryMark(line);
    if (noted !== undefined) expiries.set(noted, line);
  }
  const last = new Map<string, number>();
  const lines = before.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const key = keyOf(line);
    if (key !== undefined) last.set(key, index);
  }
  const merged = lines.flatMap((line, index) => {
    // The note beside a token is true of that token only: it goes, and stands before the new one.
    const noted = expiryMark(line);
    if (noted !== undefined && fresh.has(noted)) return [];
    const key = keyOf(line);
    const replacement = key === undefined ? undefined : fresh.get(key);
    if (key === undefined || replacement === undefined) return [line];
    // Of a key that is there twice, the last one counts: both get the new value.
    const note = last.get(key) === index ? expiries.get(key) : undefined;
    return note === undefined ? [replacement] : [note, replacement];
  });
  const missing = [...fresh].filter(([key]) => !last.has(key));
  const added = missing.flatMap(([key, line]) => {
    const note = expiries.get(key);
    return note === undefined ? [line] : [note, line];
  });
  while (merged.at(-1) === '') merged.pop();
  return `${[...merged, ...(added.length === 0 ? [] : ['', ...added])].join('\n')}\n`;
}

function keyOf(line: string): string | undefined {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
}
