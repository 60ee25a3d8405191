import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { quotePath, UsageError } from '../faults.ts';
import type { Place } from '../place/place.ts';
import { readVersion } from '../version.ts';
import { redactText } from './redact.ts';
import type { Line } from './report.ts';
import type { Transcript } from './transcript.ts';

/** A file that cannot be written is found before half an hour of work, not after. */
export function checkFile(file: string): string {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`--save: ${quotePath(file)} cannot be written`);
  }
  return file;
}

/** Writes the transcript, with what it came to on top. @returns A line that says so. */
export function saveTranscript(
  file: string,
  lines: readonly Line[],
  transcript: Transcript,
  { connections }: Place,
): string {
  const names = connections.connections.map(({ name }) => [`(${name})`, '(connection)'] as const);
  const claims = lines.map(({ id, outcome, says }) => {
    const plain = names.reduce((text, [name, kind]) => text.replaceAll(name, ` ${kind}`), says);
    return `${outcome}: ${id}${says === '' ? '' : `: ${redactText(plain, transcript.known())}`}`;
  });
  const text = [
    `zoho-tokens ${readVersion()} verify`,
    '',
    ...claims.filter((line) => !line.startsWith('not tried')),
    '',
    ...transcript.lines(),
    '',
  ].join('\n');
  writeFileSync(file, text, { mode: 0o600 });
  return `the transcript is in ${quotePath(file)}: read it, then send it back (docs/verify.md)`;
}
