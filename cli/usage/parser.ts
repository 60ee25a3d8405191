import { Command as Commander, Option } from 'commander';
import type { Command } from '../command.ts';
import { UsageError } from '../faults.ts';
import { sharedOptions } from '../shared-options.ts';
import { explainUsage } from './explain-usage.ts';
import type { Given, OptionDescriptions } from './option.ts';
import { argumentsOf, helpAfter, usageOf } from './render-help.ts';

/** What a command line asks for. */
export type Chosen = {
  readonly command: Command;
  readonly parser: Parser;
  readonly words: readonly string[];
  readonly options: Given<OptionDescriptions & typeof sharedOptions>;
};

/**
 * commander, with every message of its own replaced.
 *
 * Its messages repeat what was typed, and people type secrets: all of them pass through {@link Parser.error}.
 */
export class Parser extends Commander {
  override createCommand(name?: string): Parser {
    return new Parser(name);
  }

  override error(message: string, { code }: { code?: string } = {}): never {
    throw explainUsage(this, code ?? '', message);
  }
}

/** Makes the parser of all commands; options that they share may stand before or behind the command's name. */
export function createParser(
  commands: readonly Command[],
  means: {
    readonly version: string;
    readonly hasColor: boolean;
    /** Takes the help, or the version. */
    readonly say: (text: string) => void;
    readonly choose: (chosen: Chosen) => void;
  },
): Parser {
  const root = new Parser('zoho-tokens')
    .description('Gets, checks and shows the Zoho tokens that the refresher keeps')
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...argumentsOf(command)].join(' ') })
    .configureOutput({
      writeOut: means.say,
      writeErr: means.say,
      outputError: () => undefined,
      getOutHasColors: () => means.hasColor,
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
    })
    .version(means.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print the help of the program or of a command')
    .helpCommand('help [command]', 'Prints the help of a command') as Parser;
  addOptions(root, sharedOptions);
  for (const command of commands) {
    const parser = root
      .command(command.name)
      .description(command.summary)
      .helpOption('-h, --help', 'print this help')
      .allowExcessArguments(false) as Parser;
    if (command.argument !== undefined) parser.argument(...command.argument);
    addOptions(parser, command.options);
    parser.addHelpText('after', helpAfter(command));
    parser.action(() => {
      const words = parser.args;
      if (words.includes('')) throw new UsageError('a name cannot be empty', usageOf(parser));
      const options = given({ ...command.options, ...sharedOptions }, parser.optsWithGlobals());
      means.choose({ command, parser, words, options });
    });
  }
  root.addHelpText('after', helpAfter(undefined));
  return root;
}

function addOptions(parser: Parser, options: OptionDescriptions): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.type === 'boolean') parser.addOption(new Option(`--${name}`, option.description));
    else {
      const made = new Option(`--${name} <${option.valueHint}>`, option.description);
      if (option.default !== undefined) made.default(option.default);
      made.argParser((value) => {
        // commander takes whatever follows, another option too.
        if (value === '' || value.startsWith('-')) throw new UsageError(`--${name} needs a value`, usageOf(parser));
        return value;
      });
      parser.addOption(made);
    }
  }
}

/** Options by the names of their descriptions; commander has names of its own for them. */
function given(descriptions: OptionDescriptions, values: Readonly<Record<string, unknown>>): Chosen['options'] {
  const entries = Object.entries(descriptions).map(([name, { type }]) => {
    const attribute = new Option(`--${name}`).attributeName();
    if (type === 'string') return [name, values[attribute]];
    return [name, name.startsWith('no-') ? values[attribute] === false : values[attribute] === true];
  });
  return Object.fromEntries(entries) as Chosen['options'];
}
