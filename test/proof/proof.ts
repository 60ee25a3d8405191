import { readFileSync, writeFileSync } from 'node:fs';
import process, { stderr } from 'node:process';
import { type Command, CommanderError, InvalidArgumentError } from 'commander';

/** What a proof is asked for. */
export type ProofOptions = {
  /** How much; `undefined` for everything there is. */
  readonly runs: number | undefined;
  readonly seed: number;
  readonly only: string | undefined;
  readonly path: string | undefined;
  readonly replay: string | undefined;
};

/** What a proof came to. */
export type Proved = {
  /** What happened, line by line, if somebody wants to read it. */
  readonly story?: readonly string[];
  /** One line, without a full stop. */
  readonly sum: string;
  readonly broken: readonly string[];
  /** Markdown for `docs/reliability.md`, below the line: only what somebody decides by. */
  readonly figures?: string;
  /** Markdown with everything, for a file. */
  readonly details?: string;
};

/** A proof: runs for long, shows its progress on standard error, and prints nothing. */
export type Prove = (options: ProofOptions) => Promise<Proved>;

/** So many of them, spread over all; all of them if no number is given. */
export function spread<T>(items: readonly T[], runs: number | undefined): readonly T[] {
  if (runs === undefined || runs >= items.length) return items;
  return Array.from({ length: runs }, (_, index) => items[Math.floor((index * items.length) / runs)] as T);
}

/** Those of which one name has the text in it, all if no text is given; throws if there is none. */
export function matching<T>(
  items: readonly T[],
  text: string | undefined,
  namesOf: (item: T) => readonly string[],
): readonly T[] {
  const found = items.filter((item) => namesOf(item).some((name) => name.includes(text ?? '')));
  if (found.length > 0) return found;
  const names = [...new Set(items.flatMap(namesOf))].join(', ');
  throw new Error(`--only: nothing has "${text}" in its name; expected a part of ${names}`);
}

/** Plays items side by side, since most of their time is spent waiting; the results are in the items' order. */
export async function sideBySide<T, Result>(
  items: readonly T[],
  atOnce: number,
  play: (item: T) => Promise<Result>,
  onDone: (done: number) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  let done = 0;
  const worker = async () => {
    for (const [index, item] of waiting) {
      results[index] = await play(item);
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** Says on standard error how far something has come, a line for each tenth; to be called with what is done. */
export function startProgress(label: string, total: number): (done: number, note?: string) => void {
  const startedAt = performance.now();
  let tenth = 0;
  return (done, note = '') => {
    const now = Math.floor((10 * done) / total);
    if (now <= tenth) return;
    tenth = now;
    stderr.write(`${label} ${done}/${total} after ${shownDuration(performance.now() - startedAt)} ${note}\n`);
  };
}

/** `42 s`, `3 min 5 s`. */
export function shownDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Carries a command line out; the exit code is 0 or what its action set, and 2 if it could not run. */
export async function runCommandLine(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (fault) {
    // commander has printed its own message, or the help.
    if (!(fault instanceof CommanderError)) stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = fault instanceof CommanderError && fault.exitCode === 0 ? 0 : 2;
  }
}

/** Reads the value of an option that is a number. */
export function wholeNumber(value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Expected a whole number.');
}

/**
 * Writes the figures of a run into a document, between the two comments that carry the section's name.
 *
 * @param document - In `docs/`, e.g. `reliability.md`.
 * @param close - What the second comment says.
 */
export function writeSection(document: string, name: string, text: string, close = `/${name}`): void {
  const file = new URL(`../../docs/${document}`, import.meta.url);
  const written = readFileSync(file, 'utf8');
  const begin = `<!-- ${name} -->\n`;
  const from = written.indexOf(begin);
  const to = written.indexOf(`<!-- ${close} -->`, from);
  if (from < 0 || to < 0) throw new Error(`docs/${document} has no section ${name}`);
  writeFileSync(file, `${written.slice(0, from + begin.length)}${text}\n${written.slice(to)}`);
}

/** A table in Markdown; columns of numbers are set to the right. */
export function renderTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const rule = head.map((_, column) => (rows.every((row) => typeof row[column] === 'number') ? '---:' : '---'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The middle of some figures, and between what the middle half of them lies. */
export function spreadOf(figures: readonly number[]) {
  const sorted = figures.toSorted((one, other) => one - other);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? 0;
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) };
}
