import type { HoldInterrupts } from './interrupts.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a command works with, made in one place: `main.ts`. */
export type Context = {
  readonly terminal: Terminal;
  /** The process's environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Relative paths of the command line count from here. */
  readonly workingFolder: string;
  /** Whether results are wanted as JSON: then nothing else goes to standard output. */
  readonly wantsJson: boolean;
  /** For a command that must clean up: Ctrl-C no longer ends the program, but aborts a signal. */
  readonly holdInterrupts: HoldInterrupts;
};
