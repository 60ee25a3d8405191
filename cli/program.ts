import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, renderUsage, runCommand } from 'citty';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { explainFault } from './explain-fault.ts';
import { quoteWord, UsageError } from './faults.ts';
import type { Outcome } from './outcome.ts';
import { sharedOptions } from './shared-options.ts';
import { refuseUnknown } from './strict-arguments.ts';

/** The program's name and its own help. */
const root: CommandDef = {
  meta: {
    name: 'zoho-tokens',
    description: 'Gets, checks and shows the Zoho tokens that the refresher keeps',
  },
  subCommands: Object.fromEntries(commands.map(({ name, definition }) => [name, definition])),
};

const connectionsFile =
  'CONNECTIONS\n\n  from connections.json of the working folder (in a clone: else of the clone), or --connections FILE';
const exitCodes = 'EXIT CODES\n\n  0 fine   1 a check failed, or nothing could be done   2 wrong usage';

/**
 * Runs one command line and prints what came of it.
 *
 * @param rawArguments - Without the program's own name.
 * @returns The exit code: 0 fine, 1 a check failed, 2 wrong usage, 130 stopped by Ctrl-C.
 */
export async function runProgram(rawArguments: readonly string[], context: Context): Promise<number> {
  const { terminal, wantsJson } = context;
  try {
    const { chosen, rest } = chooseCommand(rawArguments);
    if (chosen === undefined || asksForHelp(rest)) {
      terminal.write(await renderHelp(chosen, terminal.hasColor));
      return chosen === undefined && rawArguments.length === 0 ? 2 : 0;
    }
    refuseUnknown(rest, {
      options: chosen.definition.args as typeof sharedOptions,
      takesMany: chosen.takesMany,
    });
    const { result } = await runCommand(chosen.definition, { rawArgs: rest, data: context });
    const outcome = result as Outcome;
    const text = wantsJson ? JSON.stringify(outcome.json) : advise(outcome.lines.join('\n'), rest);
    if (text !== '') terminal.write(`${text}\n`);
    return outcome.isFine ? 0 : 1;
  } catch (fault) {
    const { exitCode, error, fix } = explainFault(fault);
    if (wantsJson) terminal.write(`${JSON.stringify({ error, fix: fix ?? null })}\n`);
    else {
      terminal.say(`${terminal.paint.bad('error')}: ${error}`);
      if (fix !== undefined) terminal.say(`  next: ${advise(fix, rawArguments)}`);
    }
    return exitCode;
  }
}

/** Commands that a text proposes, for the place where this one worked. */
function advise(text: string, rawArguments: readonly string[]): string {
  if (!rawArguments.includes('--local')) return text;
  return text.replace(/`(npx zoho-tokens (?!--help)[^`]*?)( --local)?`/g, '`$1 --local`');
}

/** The command is the first word that is no option and no option's value. */
function chooseCommand(rawArguments: readonly string[]): { chosen: Command | undefined; rest: string[] } {
  for (let index = 0; index < rawArguments.length; index += 1) {
    const argument = rawArguments[index] ?? '';
    if (argument.startsWith('-')) {
      const shared = Object.entries(sharedOptions).find(([name]) => argument === `--${name}`)?.[1];
      if (shared?.type === 'string') index += 1;
      continue;
    }
    const chosen = commands.find(({ name }) => name === argument);
    if (chosen === undefined && argument !== 'help') {
      const known = commands.map(({ name }) => name).join(', ');
      throw new UsageError(`${quoteWord(argument)} is no command; commands: ${known}`);
    }
    return { chosen, rest: rawArguments.toSpliced(index, 1) };
  }
  if (rawArguments.length > 0 && !asksForHelp(rawArguments)) {
    throw new UsageError('expected a command, found only options; see zoho-tokens --help');
  }
  return { chosen: undefined, rest: [...rawArguments] };
}

function asksForHelp(rawArguments: readonly string[]): boolean {
  return rawArguments.some((argument) => argument === '--help' || argument === '-h');
}

async function renderHelp(chosen: Command | undefined, hasColor: boolean): Promise<string> {
  const usage =
    chosen === undefined ? await renderUsage(root) : await renderUsage(chosen.definition, root as CommandDef);
  const examples = chosen?.examples ?? [
    'npx zoho-tokens doctor .env              what is wrong with the old .env',
    'npx zoho-tokens authorize desk           give consent in the browser',
    'npx zoho-tokens status --watch           how long each token lives, and what is open',
    'npx zoho-tokens status --local           the same, on the store of a running npm start',
  ];
  const notes = chosen === undefined ? `${connectionsFile}\n\n${exitCodes}` : exitCodes;
  const trimmed = usage.replace(/[ \t]+$/gm, '').trimEnd();
  const text = `${trimmed}\n\nEXAMPLES\n\n${examples.map((line) => `  ${line}`).join('\n')}\n\n${notes}\n`;
  // citty decides about colour by itself, and for fewer reasons than there are.
  return hasColor ? text : stripVTControlCharacters(text);
}
