import { existsSync, readFileSync } from 'node:fs';
import type { PlaceOptions } from './command.ts';

/** How people run this program: never by plain `npx`, which would fetch a stranger's package if this one is missing. */
export const ownProgram = 'npx --no-install zoho-tokens';

/** The version of this program: that of the clone, or of the installed package. */
export function readVersion(): string {
  // A folder of compiled files may have a package.json of its own, without a version.
  const paths = ['../package.json', '../../package.json', '../../../package.json'];
  const files = paths.map((path) => new URL(path, import.meta.url)).filter((file) => existsSync(file));
  const versions = files.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version);
  return versions.find((version) => version !== undefined) ?? 'unknown';
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
