import type { Command as Commander } from 'commander';
import type { Command } from '../command.ts';
import type { Usage } from '../faults.ts';
import { ownProgram } from '../own-program.ts';

const rootExamples = [
  ['doctor .env', 'what is wrong with the old .env'],
  ['authorize desk', 'give consent in the browser'],
  ['status --watch', 'how long each token lives, and what is open'],
  ['status --local', 'the same, on the store of a running npm start'],
] as const;
const exitCodes = 'Exit codes:\n  0 fine   1 a check failed, or nothing could be done   2 wrong usage   130 stopped';

/** What stands below the options: examples, and what holds for every command. */
export function helpAfter(command: Command | undefined): string {
  const examples = command?.examples ?? rootExamples;
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${ownProgram} ${line.padEnd(widest)}   ${does}`);
  const last = command === undefined ? exitCodes : `Common options and exit codes: ${ownProgram} help`;
  return `\nExamples:\n${lines.join('\n')}\n\n${last}`;
}

/** The command, what it takes, and its own options. */
export function usageOf(parser: Commander): Usage {
  const isRoot = parser.parent === null;
  const own = isRoot ? [] : [parser.name(), ...parser.options.map(({ flags }) => `[${flags}]`)];
  return {
    line: [ownProgram, ...own, ...argumentsOf(parser)].join(' '),
    help: `${ownProgram} help${isRoot ? '' : ` ${parser.name()}`}`,
  };
}

/** What a command takes besides options, e.g. `[connection...]`. */
export function argumentsOf(parser: Commander): string[] {
  if (parser.parent === null) return ['COMMAND'];
  return parser.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
}
