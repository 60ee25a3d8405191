import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { quotePath, Refusal } from '../faults.ts';

/**
 * Text of a file, whatever the editor or shell saved it as: UTF-8, or UTF-16 as PowerShell's `>` writes it.
 *
 * @returns Without a byte-order mark; `undefined` if the bytes are not text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no text has
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** By the byte-order mark, or else by the position of the zeros in ASCII text. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined))
    return bytes.length % 2 === 0 ? 'utf-16be' : 'utf-8';
  return 'utf-8';
}

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
 */
export function replaceFile(path: string, text: string, { mode }: { mode: number }): string | undefined {
  const before = bytesOf(path);
  if (before !== undefined) write(`${path}.bak`, before, mode);
  write(path, text, mode);
  return before === undefined ? undefined : `${path}.bak`;
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
