import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { quotePath, Refusal, UsageError } from '../faults.ts';

/** Text of bytes: UTF-8, or UTF-16 as PowerShell's `>` writes it. @returns `undefined` if they are not text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no text has
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** Text of a file; `undefined` if it is not text. @throws {@link UsageError} if it cannot be read. */
export function readTextFile(path: string, name = path, hint = ''): string | undefined {
  try {
    return decodeText(readFileSync(path));
  } catch (fault) {
    throw new UsageError(`cannot read ${quotePath(name)}: ${(fault as NodeJS.ErrnoException).code}${hint}`);
  }
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

/** Writes a file in one step, never readable by others than `mode` says; a former one is kept as `.bak`. */
export function replaceFile(path: string, text: string, mode: number): void {
  const before = bytesOf(path);
  if (before !== undefined) write(`${path}.bak`, before, mode);
  write(path, text, mode);
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
