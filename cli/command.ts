import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import type { sharedOptions } from './shared-options.ts';
import type { Given, OptionDescriptions } from './usage/option.ts';

/** What a command is, whatever runs it. */
export type CommandDescription<Own extends OptionDescriptions> = {
  readonly name: string;
  readonly summary: string;
  /** Lines with what they do, e.g. `['status --watch', 'look again every 10 s']`. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** The one kind of words that follow: `<file>` is needed, `[file]` may be left out, `...` is any number. */
  readonly argument?: readonly [syntax: string, description: string];
  readonly options: Own;
  readonly run: (
    words: readonly string[],
    options: Given<Own & typeof sharedOptions>,
    context: Context,
  ) => Promise<Outcome>;
};

/** A command as the program runs it. */
export type Command = CommandDescription<OptionDescriptions>;

/** Makes a command; its options are its own and those that all commands share. */
export function command<const Own extends OptionDescriptions>(description: CommandDescription<Own>): Command {
  // Which options a command is given is its own business: the program gives it those that it describes.
  return description as unknown as Command;
}
