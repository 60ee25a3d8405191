import { CommanderError } from 'commander';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { explainFault } from './explain-fault.ts';
import { UsageError } from './faults.ts';
import type { Outcome } from './outcome.ts';
import { adviseFor } from './place/advise.ts';
import { unknownCommand } from './usage/explain-usage.ts';
import { type Chosen, createParser, type Parser } from './usage/parser.ts';
import { usageOf } from './usage/render-help.ts';
import { readVersion } from './version.ts';

/**
 * Runs one command line and prints what came of it.
 *
 * @param rawArguments - Without the program's own name.
 * @returns The exit code: 0 fine, 1 a check failed, 2 wrong usage, 130 stopped by Ctrl-C.
 */
export async function runProgram(rawArguments: readonly string[], context: Context): Promise<number> {
  const { terminal, wantsJson } = context;
  let advise = (text: string) => text;
  let at: Parser | undefined;
  const print = (outcome: Outcome) => {
    const text = wantsJson
      ? JSON.stringify(outcome.json, (_key, value) => (typeof value === 'string' ? advise(value) : value))
      : advise(outcome.lines.join('\n'));
    if (text !== '') terminal.write(`${text}\n`);
    return outcome.isFine ? 0 : 1;
  };
  try {
    let chosen: Chosen | undefined;
    let said = '';
    const parser = createParser(commands, {
      version: readVersion(),
      hasColor: terminal.hasColor,
      say: (text) => {
        said += text;
      },
      choose: (choice) => {
        chosen = choice;
      },
    });
    at = parser;
    try {
      parser.parse(rawArguments, { from: 'user' });
    } catch (fault) {
      if (!(fault instanceof CommanderError)) throw fault;
      // Help was asked for, or the version; a bare name shows the help as well, but has done nothing.
      if (fault.exitCode !== 0 && rawArguments.length > 0) {
        const [, word] = parser.args;
        throw new UsageError(
          word === undefined ? 'expected a command, found only options' : unknownCommand(parser, word),
        );
      }
      const name = fault.code === 'commander.version' ? 'version' : 'help';
      const text = said.trimEnd();
      print({ isFine: true, lines: [text], json: { [name]: text } });
      return rawArguments.length === 0 ? 2 : 0;
    }
    if (chosen === undefined) throw new UsageError('expected a command');
    at = chosen.parser;
    advise = adviseFor(chosen.options);
    return print(await chosen.command.run(chosen.words, chosen.options, context));
  } catch (fault) {
    const explained = explainFault(fault);
    const { exitCode, code, error } = explained;
    const usage = fault instanceof UsageError ? (fault.usage ?? (at && usageOf(at))) : undefined;
    const fix = usage === undefined ? explained.fix : `see \`${usage.help}\``;
    if (wantsJson) {
      const json = { error, code, fix: fix ?? null, ...(usage === undefined ? {} : { usage: usage.line }) };
      print({ isFine: false, lines: [], json });
    } else {
      terminal.say(`${terminal.paint.bad('error')}: ${error}`);
      if (usage !== undefined) terminal.say(`  usage: ${usage.line}`);
      if (fix !== undefined) terminal.say(`  next: ${advise(fix)}`);
    }
    return exitCode;
  }
}
