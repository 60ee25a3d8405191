import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Finished, run, runToSuccess } from './commands.ts';
import { account, type Moto, region } from './moto.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cdkProgram = join(root, 'node_modules/.bin/cdk');
/** The test has run the build before; cdk must not replace the bundle while others read it. */
const withoutBuild = ['--build', 'node --version'];

/** Prepares moto's account for `cdk deploy`. */
export async function bootstrap(moto: Moto): Promise<void> {
  await runToSuccess(cdkProgram, ['bootstrap', `aws://${account}/${region}`], moto.variables);
}

/** Where cdk runs, and which app. */
export type CdkPlace = {
  /** Folder for what cdk synthesizes. */
  readonly output: string;
  /** Working folder; that of the repository unless given. */
  readonly folder?: string;
  /** Command of the app; that of `cdk.json` unless given. */
  readonly app?: string;
};

/**
 * A folder as somebody has it who deploys: this repository's app, with a `deployment.json` of its own.
 *
 * @param stages - Of `deployment.json`.
 */
export function makeDeploymentFolder(stages: object): Required<CdkPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-'));
  for (const file of ['connections.json', 'cdk.json']) copyFileSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages }));
  return { folder, output: join(folder, 'cdk.out'), app: `${execPath} ${join(root, 'infra/app.ts')}` };
}

/**
 * Runs a command of `cdk`.
 *
 * @param args - As somebody types them, e.g. `['deploy', '--strict']`.
 */
export function cdk(moto: Moto, { output, folder, app }: CdkPlace, args: readonly string[]): Promise<Finished> {
  const fromApp = app === undefined ? [] : ['--app', app];
  return run(cdkProgram, [...args, `--output=${output}`, ...withoutBuild, ...fromApp], moto.variables, folder);
}

/**
 * Runs `cdk deploy` for every stack of the app, with warnings as errors.
 *
 * @param more - Further arguments, e.g. `['-c', 'stage=staging']`.
 * @returns What it printed.
 */
export async function deploy(moto: Moto, place: CdkPlace, more: readonly string[] = []): Promise<string> {
  const { status, output } = await cdk(moto, place, [
    'deploy',
    '--all',
    '--strict',
    '--require-approval=never',
    `--outputs-file=${join(place.output, 'outputs.json')}`,
    ...more,
  ]);
  if (status !== 0) throw new Error(`cdk deploy ended with ${status}\n${output.slice(-4_000)}`);
  return output;
}
