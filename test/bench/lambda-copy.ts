import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundle as it was when the benchmark began: a build that runs meanwhile changes nothing. */
export type LambdaCopy = { readonly handler: string; close(): void };

/** Folder of the bundle that is deployed. */
export const bundleFolder = fileURLToPath(new URL('../../dist/lambda', import.meta.url));

/** Copies `dist/lambda`, with another `connections.json`. */
export function copyLambda(connectionsText: string): LambdaCopy {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lambda-'));
  for (const name of readdirSync(bundleFolder)) copyFileSync(join(bundleFolder, name), join(folder, name));
  writeFileSync(join(folder, 'connections.json'), connectionsText);
  return {
    handler: join(folder, 'index.mjs'),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
