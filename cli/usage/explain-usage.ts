import type { Command } from 'commander';
import { quoteWord, type Usage, UsageError } from '../faults.ts';
import { ownProgram } from '../own-program.ts';
import { meantKey, unknownWord } from '../spelling.ts';

/** Names under which somebody may try to hand over a secret. */
const secretNames = /secret|token|code|password|credential/i;

/**
 * Says what is wrong with a command line, in place of commander's message and without a value that was typed.
 *
 * @param code - commander's, e.g. `commander.unknownOption`.
 * @param message - commander's own; only the names of options and arguments are taken from it.
 */
export function explainUsage(parser: Command, code: string, message: string): UsageError {
  const fault = (text: string) => new UsageError(text, usageOf(parser));
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

/** What to say of a word in place of a command. */
export function unknownCommand(root: Command, word = ''): UsageError {
  const names = root.commands.map((each) => each.name());
  return new UsageError(unknownWord('command', word, names), usageOf(root));
}

function unknownOption(parser: Command, name: string): string {
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

/** The command, what it takes, and its own options. */
export function usageOf(parser: Command): Usage {
  const isRoot = parser.parent === null;
  const own = isRoot ? [] : [parser.name(), ...parser.options.map(({ flags }) => `[${flags}]`)];
  return {
    line: [ownProgram, ...own, ...argumentsOf(parser)].join(' '),
    help: `${ownProgram} help${isRoot ? '' : ` ${parser.name()}`}`,
  };
}

/** What a command takes besides options, e.g. `[connection...]`. */
export function argumentsOf(parser: Command): string[] {
  if (parser.parent === null) return ['COMMAND'];
  return parser.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
}
