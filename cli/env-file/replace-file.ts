import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { quotePath, Refusal } from '../faults.ts';
import { decodeText } from './decode-text.ts';

/** Text of a file; `undefined` if there is none. @throws {@link Refusal} if it cannot be read or is not text. */
export function readIfThere(path: string): string | undefined {
  const bytes = bytesOf(path);
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes);
  if (text === undefined) throw new Refusal(`${quotePath(path)} is not a text file`, 'name another with --out');
  return text;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return existsSync(path) ? readFileSync(path) : undefined;
  } catch (fault) {
    throw new Refusal(`cannot read ${quotePath(path)}: ${(fault as NodeJS.ErrnoException).code}`);
  }
}

/**
 * Writes a file in one step; the one that was there is kept beside it as `.bak`, with the same rights.
 *
 * @param options - `mode`: who may read it from its first byte on, e.g. `0o600` for its owner alone.
 * @returns Name of the kept file; `undefined` if there was none.
 * @throws {@link Refusal} if the folder cannot be written.
 */
export function replaceFile(path: string, text: string, { mode }: { mode: number }): string | undefined {
  const before = bytesOf(path);
  const kept = before === undefined ? undefined : `${path}.bak`;
  if (kept !== undefined && before !== undefined) write(kept, before, mode);
  write(path, text, mode);
  return kept;
}

function write(path: string, content: string | Buffer, mode: number): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, content, { mode, flag: 'wx' });
    renameSync(draft, path);
  } catch (fault) {
    // Half a file would pass for a whole one.
    rmSync(draft, { force: true });
    throw new Refusal(`cannot write ${quotePath(path)}: ${(fault as NodeJS.ErrnoException).code}`);
  }
}
