import process, { stderr } from 'node:process';
import { type Command, CommanderError, InvalidArgumentError } from 'commander';

/** Carries a command line out; the exit code is 0 or what its action set, and 2 if it could not run. */
export async function runCommandLine(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (fault) {
    // commander has printed its own message, or the help.
    if (!(fault instanceof CommanderError)) stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = fault instanceof CommanderError && fault.exitCode === 0 ? 0 : 2;
  }
}

/** Reads the value of an option that is a number. */
export function wholeNumber(value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Expected a whole number.');
}
