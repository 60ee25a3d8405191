import { Command as Commander, CommanderError, Help, Option } from 'commander';
import { type Command, type Options, ownProgram, readVersion, type SharedOptions, sharedOptions } from './command.ts';
import { commands } from './commands.ts';
import { meantKey, quoteWord, type Usage, UsageError, unknownWord } from './faults.ts';

/** What a command line asks for: a command, or a text that is printed. */
export type Asked = Chosen | { readonly of: 'help' | 'version'; readonly text: string };
export type Chosen = {
  readonly command: Command;
  readonly usage: Usage;
  readonly words: readonly string[];
  readonly options: SharedOptions & Readonly<Record<string, unknown>>;
};

/**
 * commander, with every message of its own replaced.
 *
 * Its messages repeat what was typed, and people type secrets: all of them pass through {@link Parser.error}.
 */
class Parser extends Commander {
  override createCommand(name?: string): Parser {
    return new Parser(name);
  }

  override error(message: string, { code }: { code?: string } = {}): never {
    throw explainUsage(this, code ?? '', message);
  }
}

/** Reads a command line. Options that all commands share may stand before or behind the command's name. */
export function parseCommandLine(rawArguments: readonly string[], hasColor: boolean): Asked {
  let chosen: Chosen | undefined;
  let text = '';
  const say = (more: string) => {
    text += more;
  };
  const root = createRoot(say, hasColor);
  for (const command of commands) {
    const parser = root
      .command(command.name)
      .description(command.summary)
      .helpOption('-h, --help', 'print this help')
      .allowExcessArguments(false);
    if (command.argument !== undefined) parser.argument(...command.argument);
    addOptions(parser, command.options);
    parser.addHelpText('after', helpAfter(command.examples, `Common options and exit codes: ${ownProgram} help`));
    parser.action(() => {
      const [usage, words] = [usageOf(parser.name()), parser.args];
      if (words.includes('')) throw new UsageError('a name cannot be empty', usage);
      chosen = { command, usage, words, options: optionsOf(parser) };
    });
  }
  try {
    root.parse(rawArguments, { from: 'user' });
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    // Help was asked for, or the version; a bare name shows the help as well, but has done nothing.
    if (fault.exitCode === 0 || rawArguments.length === 0)
      return { of: fault.code === 'commander.version' ? 'version' : 'help', text: text.trimEnd() };
    const [, word] = root.args;
    if (word !== undefined) throw unknownCommand(root, word);
    throw new UsageError('expected a command, found only options', usageOf(root.name()));
  }
  if (chosen === undefined) throw new UsageError('expected a command', usageOf(root.name()));
  return chosen;
}

function createRoot(say: (text: string) => void, hasColor: boolean): Commander {
  const root = new Parser('zoho-tokens')
    .description('Gets, checks and shows the Zoho tokens that the refresher keeps')
    .exitOverride()
    .configureHelp({
      subcommandTerm: (command) =>
        new Help().subcommandTerm(command).replace(' [options]', '').replace('[command]', 'COMMAND'),
    })
    .configureOutput({
      writeOut: say,
      writeErr: say,
      outputError: () => undefined,
      getOutHasColors: () => hasColor,
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
    })
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print the help of the program or of a command')
    .helpCommand('help [command]', 'Prints the help of a command');
  addOptions(root, sharedOptions);
  return root.addHelpText('after', helpAfter(rootExamples, exitCodes));
}

const rootExamples = [
  ['doctor .env', 'what is wrong with the old .env'],
  ['authorize desk', 'give consent in the browser'],
  ['status --watch', 'how long each token lives, and what is open'],
  ['status --local', 'the same, on the store of a running npm start'],
] as const;
const exitCodes = 'Exit codes:\n  0 fine   1 a check failed, or nothing could be done   2 wrong usage   130 stopped';

function helpAfter(examples: Command['examples'], last: string): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${ownProgram} ${line.padEnd(widest)}   ${does}`);
  return `\nExamples:\n${lines.join('\n')}\n\n${last}`;
}

function addOptions(parser: Commander, options: Options): void {
  for (const [flag, described] of Object.entries(options)) {
    const [description, byDefault] = [described].flat();
    const option = new Option(`--${flag}`, description).default(byDefault);
    parser.addOption(option);
    if (!option.required) continue;
    option.argParser((value) => {
      // commander takes whatever follows, another option too.
      if (value === '' || value.startsWith('-'))
        throw new UsageError(`${option.long} needs a value`, usageOf(parser.name()));
      return value;
    });
  }
}

/** Options by their flags; commander has names of its own for them. */
function optionsOf(parser: Commander): Chosen['options'] {
  const values = parser.optsWithGlobals();
  const entries = [...(parser.parent?.options ?? []), ...parser.options].map((option) => {
    const value = values[option.attributeName()];
    return [option.long?.slice(2), option.required ? value : value === !option.negate];
  });
  return Object.fromEntries(entries);
}

/** Names under which somebody may try to hand over a secret. */
const secretNames = /secret|token|code|password|credential/i;

/** Says what is wrong in place of commander, of whose message only names of options and arguments are taken. */
function explainUsage(parser: Commander, code: string, message: string): UsageError {
  const fault = (text: string) => new UsageError(text, usageOf(parser.name()));
  switch (code) {
    case 'commander.unknownOption':
      return fault(unknownOption(parser, /'--?([^'=]*)/.exec(message)?.[1] ?? ''));
    case 'commander.optionMissingArgument':
      return fault(`${/--[a-z-]+/.exec(message)?.[0] ?? 'an option'} needs a value`);
    case 'commander.missingArgument':
      return fault(`${(/'([a-z-]+)'/.exec(message)?.[1] ?? 'a word').toUpperCase()} is missing`);
    case 'commander.excessArguments':
      return fault(`too many words: expected ${parser.registeredArguments.length}, found ${parser.args.length}`);
    case 'commander.unknownCommand':
      return unknownCommand(parser, parser.args[0]);
    default:
      return fault('the command line cannot be read');
  }
}

function unknownCommand(root: Commander, word = ''): UsageError {
  const names = root.commands.map((each) => each.name());
  return new UsageError(unknownWord('command', word, names), usageOf(root.name()));
}

function unknownOption(parser: Commander, name: string): string {
  const quoted = quoteWord(name);
  const shown = quoted === `"${name}"` ? name : quoted;
  const options = [...parser.options, ...(parser.parent?.options ?? [])];
  const isFlag = options.some((option) => option.long === `--${name}` && !option.required);
  if (isFlag) return `--${name} takes no value`;
  if (secretNames.test(name))
    return `unknown option --${shown}; secrets are asked for, never taken from the command line: the shell keeps them in its history`;
  const known = options.flatMap(({ long }) => long?.slice(2) ?? []);
  const meant = shown === name ? meantKey(name, known) : undefined;
  return `unknown option --${shown}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}

/** A command, what it takes, and its own options; without a command that of the program. */
function usageOf(name: string): Usage {
  const command = commands.find((each) => each.name === name);
  const flags = Object.keys(command?.options ?? {}).map((flag) => `[--${flag}]`);
  const own = command === undefined ? ['COMMAND'] : [name, ...flags, command.argument?.[0] ?? []].flat();
  return {
    line: [ownProgram, ...own].join(' '),
    help: `${ownProgram} help${command === undefined ? '' : ` ${name}`}`,
  };
}
