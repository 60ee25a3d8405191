import { existsSync, readFileSync } from 'node:fs';

/** The version of this program: that of the clone, or of the installed package. */
export function readVersion(): string {
  const places = ['../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  const file = places.find((place) => existsSync(place));
  if (file === undefined) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
