import { ownProgram } from '../own-program.ts';
import type { PlaceOptions } from './place.ts';

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
