import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds the package in a folder of its own below `dist`, where it is found by its name and finds the AWS SDK.
 *
 * What npm and pnpm make of the tarball in an empty project is another test: `npm run test:package`.
 */
export function buildPackage(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(root, 'dist/package-test-'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  execFileSync(execPath, [join(root, 'build/package.mjs'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
