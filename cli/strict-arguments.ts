import type { ArgsDef } from 'citty';
import { quoteWord, UsageError } from './faults.ts';

/** What may be on the command line behind a command's name. */
export type AllowedArguments = { readonly options: ArgsDef; readonly takesMany: boolean };

/** Names under which somebody may try to hand over a secret. */
const secretNames = /secret|token|code|password|credential/i;

/**
 * Refuses what a command does not know: citty would ignore it, and a misspelt `--local` would go to production.
 *
 * @param rawArguments - Behind the command's name.
 * @throws {@link UsageError} Without the value: it may be a secret.
 */
export function refuseUnknown(rawArguments: readonly string[], allowed: AllowedArguments): void {
  const { options, takesMany } = allowed;
  const words: string[] = [];
  for (let index = 0; index < rawArguments.length; index += 1) {
    const argument = rawArguments[index] ?? '';
    if (argument === '--') {
      words.push(...rawArguments.slice(index + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument);
      continue;
    }
    const [, name = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const negated = name.startsWith('no-') ? options[name.slice(3)] : undefined;
    if (negated?.type === 'boolean' && negated.default === true && value === undefined) continue;
    const option = Object.hasOwn(options, name) && argument.startsWith('--') ? options[name] : undefined;
    if (option === undefined || option.type === 'positional') throw unknownOption(name);
    if (option.type === 'boolean') {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      continue;
    }
    const next = rawArguments[index + 1];
    if (value === undefined) index += 1;
    const given = value ?? (next?.startsWith('-') ? undefined : next);
    if (given === undefined || given === '') throw new UsageError(`--${name} needs a value`);
  }
  refuseWords(words, allowed, takesMany);
}

function refuseWords(words: readonly string[], { options }: AllowedArguments, takesMany: boolean): void {
  const positional = Object.entries(options).filter(([, { type }]) => type === 'positional');
  const needed = positional.filter(([, { required }]) => required !== false);
  const missing = needed[words.length]?.[0];
  if (missing !== undefined) throw new UsageError(`${missing.toUpperCase()} is missing`);
  if (!takesMany && words.length > positional.length) {
    throw new UsageError(`too many words: expected ${positional.length}, found ${words.length}`);
  }
  if (words.includes('')) throw new UsageError('an empty word is no name');
}

function unknownOption(name: string): UsageError {
  if (secretNames.test(name)) {
    return new UsageError(
      `unknown option --${quotable(name)}; secrets are asked for, never taken from the command line: it is kept in the shell's history`,
    );
  }
  return new UsageError(`unknown option --${quotable(name)}`);
}

function quotable(name: string): string {
  return quoteWord(name).replaceAll('"', '');
}
