import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { writtenCode } from '../function-code.ts';

/** Only the package has it: build/package.mjs puts it there. */
const builtBundle = fileURLToPath(new URL('../../dist/chat', import.meta.url));
/** Only a clone has it. */
const build = fileURLToPath(new URL('./build.mjs', import.meta.url));

/**
 * The chat function's code: in the installed package the bundle that came along, in a clone a bundle of the sources.
 *
 * A clone bundles at synth, so that no build can be forgotten and no old one deployed. esbuild runs in a process of its
 * own: nothing that the package ships imports it.
 */
export function chatCode(): AssetCode {
  if (!existsSync(build)) return Code.fromAsset(builtBundle);
  return writtenCode(fileURLToPath(new URL('.', import.meta.url)), (outputFolder) => {
    execFileSync(execPath, [build, outputFolder], { stdio: ['ignore', 2, 2] });
  });
}
