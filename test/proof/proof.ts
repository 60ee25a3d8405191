import { mkdirSync, writeFileSync } from 'node:fs';

/** What a proof is asked for. */
export type ProofOptions = {
  /** How much; `undefined` for everything there is. */
  readonly runs: number | undefined;
  readonly seed: number;
  /** Only what has this in its name. */
  readonly only: string | undefined;
  /** The path of an earlier failure, as it was printed with its seed. */
  readonly path: string | undefined;
  /** A script of the simulation, JSON or a file of it. */
  readonly replay: string | undefined;
};

/** What a proof came to. */
export type Proved = {
  /** What happened, line by line, if somebody wants to read it. */
  readonly story?: readonly string[];
  /** One line, without a full stop. */
  readonly sum: string;
  /** What broke, one entry each. */
  readonly broken: readonly string[];
  /** Markdown for `docs/reliability.md`, below the line: only what somebody decides by. */
  readonly figures?: string;
  /** Markdown with everything, for a file. */
  readonly details?: string;
};

/** A proof: runs for long, shows its progress on standard error, and prints nothing. */
export type Prove = (options: ProofOptions) => Promise<Proved>;

const folder = new URL('../../dist/proof/', import.meta.url);

/** Writes a proof's details into a folder that git ignores; returns the file's name below the project. */
export function writeDetails(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.md`, folder), `${text.trim()}\n`);
  return `dist/proof/${name}.md`;
}

/** So many of them, spread over all; all of them if no number is given. */
export function spread<T>(items: readonly T[], runs: number | undefined): readonly T[] {
  if (runs === undefined || runs >= items.length) return items;
  return Array.from({ length: runs }, (_, index) => items[Math.floor((index * items.length) / runs)] as T);
}

/**
 * Those of which one name has the text in it; all of them if no text is given.
 *
 * @throws Error if there is none.
 */
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
