import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Writes the files of a ZIP archive into a folder, as Lambda does with a function's code. */
export function unzip(archive: Buffer, folder: string): string[] {
  const files = Object.entries(unzipSync(archive)).filter(([name]) => !name.endsWith('/'));
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return files.map(([name]) => name);
}
