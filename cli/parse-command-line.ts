import { Command as Commander, CommanderError, Help, Option } from 'commander';
import { type Command, type Options, ownProgram, readVersion, type SharedOptions, sharedOptions } from './command.ts';
import { commands } from './commands.ts';
import { meantKey, quoteWord, UsageError, unknownWord } from './faults.ts';

/** What a command line asks for: a command, or a text that is printed. */
type Asked = Chosen | { readonly of: 'help' | 'version'; readonly text: string };
export type Chosen = {
  readonly command: Command;
  readonly words: readonly string[];
  readonly options: SharedOptions & Readonly<Record<string, unknown>>;
};

/** commander without its own messages: they repeat what was typed, and people type secrets. */
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
  const said: string[] = [];
  const root = createRoot((text) => void said.push(text), hasColor);
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
      const words = parser.args;
      if (words.includes('')) throw new UsageError('a name cannot be empty', command.name);
      chosen = { command, words, options: optionsOf(parser) };
    });
  }
  try {
    root.parse(rawArguments, { from: 'user' });
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    // Help was asked for, or the version; a bare name shows the help as well, but has done nothing.
    if (fault.exitCode === 0 || rawArguments.length === 0)
      return { of: fault.code === 'commander.version' ? 'version' : 'help', text: said.join('').trimEnd() };
    const [, word] = root.args;
    if (word !== undefined) throw unknownCommand(root, word);
    throw new UsageError('expected a command, found only options', root.name());
  }
  if (chosen === undefined) throw new UsageError('expected a command', root.name());
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
      if (value === '' || value.startsWith('-')) throw new UsageError(`${option.long} needs a value`, parser.name());
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
  const fault = (text: string) => new UsageError(text, parser.name());
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
  return new UsageError(unknownWord('command', word, names), root.name());
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

/** How a command is used, and how to see its whole help. For an unknown command, the same of the program. */
export function usageOf(name = '') {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) return { line: `${ownProgram} COMMAND`, help: `${ownProgram} help` };
  const flags = Object.keys(command.options).map((flag) => `[--${flag}]`);
  const line = [ownProgram, name, ...flags, command.argument?.[0] ?? []].flat().join(' ');
  return { line, help: `${ownProgram} help ${name}` };
}
