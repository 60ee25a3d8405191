/** The command line itself is wrong: exit code 2. The message never repeats what might be a secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command cannot do what it was asked to, or a check failed: exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The one next step. */
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

/** Somebody pressed Ctrl-C at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Text of the user's, fit to be quoted in a message.
 *
 * People paste tokens in wrong places: whatever is long or has the look of one is not repeated.
 */
export function quoteWord(word: string): string {
  return /^[A-Za-z][\w.-]{0,39}$/.test(word) && !/[0-9a-f]{16}/i.test(word) ? `"${word}"` : 'what was given';
}
