import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { account, region } from '../support/moto.ts';
import { must, runProgram } from '../support/run-program.ts';
import type { DeployedFunction } from './deployed.ts';

/** What the runtime client posted for an event, `response` or `error`, and all that it and the function printed. */
export type Invocation = Readonly<Record<'kind' | 'body' | 'cause' | 'printed', string>>;

/** As Lambda puts them into a function's environment; made up, and long enough to be found again. */
export const roleCredentials = {
  AWS_ACCESS_KEY_ID: 'ASIAMADEUPFORTESTS00',
  AWS_SECRET_ACCESS_KEY: 'Made0Up1Role2Secret3Access4Key5Of6Forty7',
  AWS_SESSION_TOKEN: 'Made0Up1Role2Session3Token4',
};

let installed: Promise<string> | undefined;

/** Installs AWS's own runtime client for Node; its native HTTP part is replaced by a channel to this process. @returns Its program. */
async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-runtime-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', 'aws-lambda-ric@4.0.2', '--ignore-scripts', '--no-audit', '--no-fund'];
  await must(runProgram('npm', args, { env, cwd: folder }));
  const client = join(folder, 'node_modules/aws-lambda-ric');
  // It requires './rapid-client.node', and Node tries the name with '.js' where there is no such file.
  copyFileSync(fileURLToPath(new URL('./runtime-channel.mjs', import.meta.url)), join(client, 'rapid-client.node.js'));
  return join(client, 'index.mjs');
}

/**
 * Invokes a deployed function under AWS's runtime client, with logs in JSON, in a new execution environment that knows
 * nothing but the function's own variables.
 *
 * @param variables - Where AWS and Zoho are to be found.
 * @throws Error with what was printed, if the runtime ends by itself.
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html | Lambda runtime API}
 */
export async function invoke(
  { folder, environment, handler, timeoutMilliseconds }: Omit<DeployedFunction, 'roleName'>,
  event: string,
  variables: Readonly<Record<string, string>>,
): Promise<Invocation> {
  installed ??= install();
  const program = await installed;
  const child = spawn(execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...environment,
      ...roleCredentials,
      AWS_REGION: region,
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:1',
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_FUNCTION_NAME: 'deployed',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: 'deployed',
      AWS_LAMBDA_LOG_STREAM_NAME: 'deployed',
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      ...variables,
    },
  });
  child.send({
    bodyJson: event,
    headers: {
      'lambda-runtime-aws-request-id': 'c0ffee00-0000-4000-8000-000000000000',
      'lambda-runtime-deadline-ms': String(Date.now() + timeoutMilliseconds),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:${region}:${account}:function:deployed`,
    },
  });
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => stream && text(stream)));
  const closed = once(child, 'close');
  const [posted] = await Promise.race([once(child, 'message'), closed]);
  child.kill();
  await closed;
  const all = (await printed).join('');
  if (posted?.kind === undefined) throw new Error(`the runtime client ended with ${posted}: ${all}`);
  return { ...posted, printed: all };
}

/** What a function answered; fails the test where its handler threw. */
export function answered({ kind, body, printed }: Invocation) {
  assert.equal(kind, 'response', `${body}\n${printed}`);
  return JSON.parse(body);
}

/** Each connection's outcome, with its code if it has one, e.g. `failed: prefix_mismatch`. */
export function outcomes(invocation: Invocation): Record<string, string> {
  const list: { connection: string; outcome: string; code: string | null }[] = answered(invocation).connections;
  return Object.fromEntries(
    list.map(({ connection, outcome, code }) => [connection, code === null ? outcome : `${outcome}: ${code}`]),
  );
}
