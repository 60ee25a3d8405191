import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { findProgram, run, type Variables } from './commands.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { region } from './moto.ts';
import { type Posted, startRuntimeApi } from './runtime-api.ts';

/** Invoked in turn; each waits for what the runtime posts, or throws what it printed if it ended. */
export type RuntimeClient = {
  invoke(event: string): Promise<Posted>;
  /** Everything that the runtime and the function printed so far. */
  printed(): string;
  close(): Promise<void>;
};

const client = 'aws-lambda-ric@4.0.2';
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|network/;

/**
 * Installs AWS's own runtime client for Node into a temporary folder; its native HTTP part is replaced by one in
 * JavaScript.
 *
 * @returns Its program; `undefined` if npm cannot reach its registry.
 */
export async function installRuntimeClient(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-runtime-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const { status, output } = await run(
    findProgram('npm', 'the installer of Node'),
    ['install', client, '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=20000'],
    env as Variables,
    folder,
  );
  if (status !== 0 && unreachable.test(output)) return undefined;
  if (status !== 0) throw new Error(`npm install ${client} ended with ${status}\n${output.slice(-2_000)}`);
  const installed = join(folder, 'node_modules/aws-lambda-ric');
  // It requires './rapid-client.node', and Node tries the name with '.js' where there is no such file.
  copyFileSync(fileURLToPath(new URL('./runtime-http.mjs', import.meta.url)), join(installed, 'rapid-client.node.js'));
  return join(installed, 'index.mjs');
}

/**
 * Runs a deployed function under AWS's runtime client, with logs in JSON.
 *
 * @param program - See {@link installRuntimeClient}.
 * @param extra - Where AWS and Zoho are to be found, and the role's credentials.
 */
export async function startRuntimeClient(
  program: string,
  { modulePath, environment, handler }: DeployedFunction,
  extra: Variables,
): Promise<RuntimeClient> {
  const api = await startRuntimeApi();
  const child = spawn(execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment,
      AWS_REGION: region,
      AWS_LAMBDA_RUNTIME_API: api.address,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: dirname(modulePath),
      AWS_LAMBDA_FUNCTION_NAME: 'deployed',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: 'deployed',
      AWS_LAMBDA_LOG_STREAM_NAME: 'deployed',
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      ...extra,
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([status]) => {
    throw new Error(`the runtime client ended with ${status}: ${printed}`);
  });
  ended.catch(() => undefined);
  return {
    invoke: (event) => Promise.race([api.invoke(event), ended]),
    printed: () => printed,
    async close() {
      child.kill();
      await ended.catch(() => undefined);
      api.close();
    },
  };
}
