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
  /** The one next step. */
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
