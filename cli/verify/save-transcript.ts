import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { quotePath, UsageError } from '../faults.ts';
import { readVersion } from '../own-program.ts';
import type { Place } from '../place/place.ts';
import { redactText } from './redact.ts';
import type { Line } from './report.ts';
import type { Transcript } from './transcript.ts';

/** A file that cannot be written, or is somebody else's, is found before half an hour of work, not after. */
export function checkFile(file: string): string {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    if (!existsSync(file) || isOwn(readFileSync(file, 'utf8'))) return file;
  } catch {
    throw new UsageError(`--save: ${quotePath(file)} cannot be written`);
  }
  throw new UsageError(`--save: ${quotePath(file)} exists and is not a transcript of verify: name another file`);
}

function isOwn(text: string): boolean {
  return /^(zoho-tokens \S+ verify\n|$)/.test(text.slice(0, 80));
}

/** Writes the transcript, with what it came to on top; half an hour of work is not lost with it if that fails. */
export function saveTranscript(
  file: string,
  lines: readonly Line[],
  transcript: Transcript,
  { connections }: Place,
): { readonly isSaved: boolean; readonly says: string } {
  const names = connections.connections.map(({ name }) => [`(${name})`, '(connection)'] as const);
  const claims = lines.map(({ id, outcome, says }) => {
    const plain = names.reduce((text, [name, kind]) => text.replaceAll(name, ` ${kind}`), says);
    return `${outcome}: ${id}${says === '' ? '' : `: ${redactText(plain, transcript.known())}`}`;
  });
  const shown = claims.filter((line) => !line.startsWith('not tried'));
  const text = [`zoho-tokens ${readVersion()} verify`, '', ...shown, '', ...transcript.lines(), ''].join('\n');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    const says = `the transcript is in ${quotePath(file)}: read it, then send it back (docs/verify.md)`;
    return { isSaved: true, says };
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException;
    return { isSaved: false, says: `the transcript could not be written to ${quotePath(file)}: ${code}` };
  }
}
