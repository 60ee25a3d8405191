import { existsSync, readFileSync } from 'node:fs';

/** The version of this program: that of the clone, or of the installed package. */
export function readVersion(): string {
  // A folder of compiled files may have a package.json of its own, without a version.
  for (const path of ['../package.json', '../../package.json', '../../../package.json']) {
    const file = new URL(path, import.meta.url);
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    if (version !== undefined) return version;
  }
  return 'unknown';
}
