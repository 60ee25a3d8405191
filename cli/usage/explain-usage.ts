import type { Command } from 'commander';
import { meantKey } from '../env-file/spelling.ts';
import { quoteWord, UsageError } from '../faults.ts';
import { usageOf } from './render-help.ts';
import { unknownWord } from './unknown-word.ts';

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
    case 'commander.excessArguments': {
      const expected = parser.registeredArguments.length;
      return fault(`too many words: expected ${expected}, found ${parser.args.length}`);
    }
    case 'commander.unknownCommand':
      return fault(unknownCommand(parser));
    default:
      return fault('the command line cannot be read');
  }
}

/** What to say of a word in place of a command. */
export function unknownCommand(root: Command, word = root.args[0] ?? ''): string {
  const names = root.commands.map((each) => each.name());
  return unknownWord('command', word, names);
}

function unknownOption(parser: Command, name: string): string {
  const quoted = quoteWord(name);
  const shown = quoted === `"${name}"` ? name : quoted;
  const options = [...parser.options, ...(parser.parent?.options ?? [])];
  const isFlag = options.some((option) => option.long === `--${name}` && !option.required);
  if (isFlag) return `--${name} takes no value`;
  if (secretNames.test(name)) {
    return `unknown option --${shown}; secrets are asked for, never taken from the command line: the shell keeps them in its history`;
  }
  const known = options.flatMap(({ long }) => long?.slice(2) ?? []);
  const meant = shown === name ? meantKey(name, known) : undefined;
  return `unknown option --${shown}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}
