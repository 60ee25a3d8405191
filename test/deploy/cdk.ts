import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Moto } from '../support/moto.ts';
import { runProgram } from '../support/run-program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'node_modules/.bin/cdk');
/** The test has run the build before; cdk must not replace the bundle while others read it. */
const withoutBuild = ['--build', 'node --version'];
export const stackName = 'ZohoTokenRefresher';

/** A synthesized template. */
export type StackTemplate = {
  readonly Resources: Readonly<Record<string, { Type: string; Properties: Readonly<Record<string, unknown>> }>>;
};

/** Where cdk runs, and which app. */
export type CdkPlace = {
  readonly folder: string;
  /** Folder for what cdk synthesizes. */
  readonly output: string;
  /** Command of the app. */
  readonly app: string;
};

/** A folder as somebody has it who deploys: this repository's app, with a `deployment.json` of such stages. */
export function makeDeploymentFolder(stages: object = { production: { alert_emails: ['on-call@acme.io'] } }): CdkPlace {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-'));
  for (const file of ['connections.json', 'cdk.json']) copyFileSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages }));
  return { folder, output: join(folder, 'cdk.out'), app: `${execPath} ${join(root, 'infra/app.ts')}` };
}

/** Runs a command of `cdk` as somebody types it, e.g. `['diff']`. @returns Its exit code, and all that it printed. */
export async function cdk(moto: Moto, { output, folder, app }: CdkPlace, args: readonly string[]) {
  const all = [...args, `--output=${output}`, ...withoutBuild, '--app', app];
  const { status, stdout, stderr } = await runProgram(program, all, { env: moto.variables, cwd: folder });
  return { status, printed: stdout + stderr };
}

/** Runs `cdk deploy` for every stack of the app, with warnings as errors. @returns What it printed. */
export async function deploy(moto: Moto, place: CdkPlace, more: readonly string[] = []): Promise<string> {
  const args = ['deploy', '--all', '--strict', '--require-approval=never', ...more];
  const { status, printed } = await cdk(moto, place, args);
  if (status !== 0) throw new Error(`cdk deploy ended with ${status}\n${printed.slice(-4_000)}`);
  return printed;
}

/** Reads what `cdk` wrote for a stack. */
export function readTemplate({ output }: CdkPlace, name = stackName): StackTemplate {
  return JSON.parse(readFileSync(join(output, `${name}.template.json`), 'utf8'));
}

/** What cfn-lint finds in templates. */
export async function lint(moto: Moto, { output }: CdkPlace, ...names: string[]): Promise<string> {
  const templates = names.map((name) => join(output, `${name}.template.json`));
  // CDK's own DependsOn beside a GetAtt: superfluous, not wrong.
  const args = ['--ignore-checks', 'W3005', '--', ...templates];
  const { stdout, stderr } = await runProgram('cfn-lint', args, { env: moto.variables });
  return stdout + stderr;
}
