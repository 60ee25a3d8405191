import { type Context, ownProgram, type PlaceOptions } from './command.ts';
import { type Usage, UsageError } from './faults.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { explainFault } from './remedies.ts';

/** Runs one command line. @returns The exit code: 0 fine, 1 a check failed, 2 wrong usage, 130 stopped by Ctrl-C. */
export async function runProgram(rawArguments: readonly string[], context: Context): Promise<number> {
  const { terminal, wantsJson } = context;
  let advise = (text: string) => text;
  let commandUsage: Usage | undefined;
  const print = (lines: readonly string[], json: Readonly<Record<string, unknown>>) => {
    const text = wantsJson
      ? JSON.stringify(json, (_key, value) => (typeof value === 'string' ? advise(value) : value))
      : advise(lines.join('\n'));
    if (text !== '') terminal.write(`${text}\n`);
  };
  try {
    const asked = parseCommandLine(rawArguments, terminal.hasColor);
    if ('text' in asked) {
      print([asked.text], { [asked.of]: asked.text });
      return rawArguments.length === 0 ? 2 : 0;
    }
    const { command, usage, words, options } = asked;
    advise = adviseFor(options);
    commandUsage = usage;
    const { isFine, lines, json } = await command.run(words, options, context);
    print(lines, json);
    return isFine ? 0 : 1;
  } catch (fault) {
    const { exitCode, code, error, fix: remedy } = explainFault(fault);
    const usage = fault instanceof UsageError ? (fault.usage ?? commandUsage) : undefined;
    const fix = usage === undefined ? remedy : `see \`${usage.help}\``;
    if (wantsJson) print([], { error, code, fix: fix ?? null, ...(usage && { usage: usage.line }) });
    else {
      terminal.say(`${terminal.paint.bad('error')}: ${error}`);
      if (usage !== undefined) terminal.say(`  usage: ${usage.line}`);
      if (fix !== undefined) terminal.say(`  next: ${advise(fix)}`);
    }
    return exitCode;
  }
}

/** Options that say where to work: what is proposed next must work at the same place. */
const carried = ['stage', 'region', 'profile', 'secret-prefix', 'function', 'connections'] as const;

/** Completes the commands that a text proposes, so that they work where this one worked. */
export function adviseFor(options: PlaceOptions): (text: string) => string {
  const chosen = carried.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [` --${name} ${quoted(value)}`];
  });
  const place = options.local === true ? ' --local' : chosen.join('');
  return (text) =>
    text.replace(
      /`npx (?:--no-install )?zoho-tokens (?!help)([^`]*?)( --local)?`/g,
      (_all, line: string) => `\`${ownProgram} ${line}${place}\``,
    );
}

function quoted(value: string): string {
  return /^[\w.@%+=:,/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
