import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToSuccess } from './commands.ts';
import { account, type Moto, region } from './moto.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cdkProgram = join(root, 'node_modules/.bin/cdk');
/** The test has run the build before; cdk must not replace the bundle while others read it. */
const withoutBuild = ['--build', 'node --version'];

/** Prepares moto's account for `cdk deploy`. */
export async function bootstrap(moto: Moto): Promise<void> {
  await runToSuccess(cdkProgram, ['bootstrap', `aws://${account}/${region}`], moto.variables);
}

/** A deploy: which app and stacks, and where its files go. */
export type Deployment = {
  /** Folder for what cdk synthesizes. */
  readonly output: string;
  /** Command of the app; that of `cdk.json` unless given. */
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
};

/**
 * Runs `cdk deploy` for every stack of the app, with warnings as errors.
 *
 * @returns What it printed.
 */
export function deploy(moto: Moto, { output, app, context = {} }: Deployment): Promise<string> {
  return runToSuccess(
    cdkProgram,
    [
      'deploy',
      '--all',
      '--strict',
      '--require-approval=never',
      `--output=${output}`,
      `--outputs-file=${join(output, 'outputs.json')}`,
      ...withoutBuild,
      ...(app === undefined ? [] : ['--app', app]),
      ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
    ],
    moto.variables,
  );
}
