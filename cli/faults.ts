/** How a command is used: one line, and the command that shows its whole help. */
export type Usage = { readonly line: string; readonly help: string };

/** The command line itself is wrong: exit code 2. The message never repeats what might be a secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The usage to show; that of the chosen command if it is left out. */
  readonly usage: Usage | undefined;
  constructor(message: string, usage?: Usage) {
    super(message);
    this.usage = usage;
  }
}

/** A command cannot do what it was asked to, or a check failed: exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly fix: string | undefined;
  /** For programs that read the JSON, e.g. `no_credentials`. */
  readonly code: string;
  constructor(message: string, fix?: string, code = 'refused') {
    super(message);
    this.fix = fix;
    this.code = code;
  }
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Text of the user's, fit to be quoted: people paste tokens in wrong places, and what looks like one is left out. */
export function quoteWord(word: string): string {
  return /^[A-Za-z][\w.-]{0,39}$/.test(word) && !/[0-9a-f]{16}/i.test(word) ? `"${word}"` : 'what was given';
}

/** The name of a file, fit to be quoted in a message, unless it looks like a secret that was pasted in its place. */
export function quotePath(path: string): string {
  return /[0-9a-f]{16}|(^|[/\\])\d{4}\.\w/i.test(path) ? 'the file that was named' : path;
}

const mostChanges = 2;

/** The known word that was most likely meant by a misspelt one, e.g. `DESK_ORG_ID` by `desk-orgid`. */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const plain = normalized(key);
  const distances = known.map((candidate) => ({ candidate, distance: changes(plain, normalized(candidate)) }));
  const [nearest] = distances.toSorted((one, other) => one.distance - other.distance);
  return nearest !== undefined && nearest.distance <= mostChanges ? nearest.candidate : undefined;
}

/** E.g. `unknown command "staus"; did you mean status?`; a word that looks like a secret is not repeated. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const quoted = quoteWord(word);
  const isShown = quoted === `"${word}"`;
  const meant = isShown ? meantKey(word, known) : undefined;
  const all = known.join(', ').replace(/, ([^,]+)$/, ' or $1');
  const hint = meant === undefined ? `expected ${all}` : `did you mean ${meant}?`;
  return `unknown ${kind}${isShown ? ` ${quoted}` : ''}; ${hint}`;
}

function normalized(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** How many letters must be added, taken away or changed. */
function changes(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (const [column, candidate] of [...other].entries()) {
      const changed = (above[column] ?? 0) + (letter === candidate ? 0 : 1);
      current.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[other.length] ?? 0;
}
