import type { ArgsDef, CommandDef } from 'citty';
import { defineCommand, type ParsedArgs } from 'citty';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { sharedOptions } from './shared-options.ts';

/** A command as the program runs it. */
export type Command = {
  readonly name: string;
  readonly definition: CommandDef;
  readonly examples: readonly string[];
  /** Whether any number of words may follow, e.g. names of connections. */
  readonly takesMany: boolean;
};

/**
 * Makes a command; its options are those given here and those that all commands share.
 *
 * @param description.examples - Whole lines with what they do, e.g. `['status --watch', 'look again every 10 s']`.
 */
export function command<const Own extends ArgsDef>(description: {
  name: string;
  summary: string;
  examples: readonly (readonly [line: string, does: string])[];
  takesMany?: boolean;
  options: Own;
  run: (args: ParsedArgs<Own & typeof sharedOptions>, context: Context) => Promise<Outcome>;
}): Command {
  const { name, summary, examples, takesMany = false, options, run } = description;
  const definition = defineCommand({
    meta: { name, description: summary },
    args: { ...options, ...sharedOptions } as Own & typeof sharedOptions,
    run: ({ args, data }) => run(args, data as Context),
  });
  const widest = Math.max(...examples.map(([line]) => line.length));
  return {
    name,
    // citty's own types are invariant in the arguments; the program only reads their names.
    definition: definition as unknown as CommandDef,
    examples: examples.map(([line, does]) => `npx zoho-tokens ${line.padEnd(widest)}   ${does}`),
    takesMany,
  };
}
