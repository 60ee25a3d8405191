import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';
import { region } from '../support/moto.ts';
import { must, runProgram } from '../support/run-program.ts';
import type { DeployedFunction } from './deployed.ts';

/** What the runtime posted for an event, `response` or `error`, and all that it and the function printed. */
export type Invocation = {
  readonly kind: string;
  readonly body: string;
  readonly headers: string;
  readonly printed: string;
};

/** As Lambda puts them into a function's environment; made up, and long enough to be found again. */
export const roleCredentials = {
  AWS_ACCESS_KEY_ID: 'ASIAMADEUPFORTESTS00',
  AWS_SECRET_ACCESS_KEY: 'Made0Up1Role2Secret3Access4Key5Of6Forty7',
  AWS_SESSION_TOKEN: 'Made0Up1Role2Session3Token4',
};

let installed: Promise<string> | undefined;

/** Installs AWS's own runtime client for Node; its native HTTP part is replaced by one in JavaScript. @returns Its program. */
async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-deploy-runtime-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', 'aws-lambda-ric@4.0.2', '--ignore-scripts', '--no-audit', '--no-fund'];
  await must(runProgram('npm', args, { env, cwd: folder }));
  const client = join(folder, 'node_modules/aws-lambda-ric');
  // It requires './rapid-client.node', and Node tries the name with '.js' where there is no such file.
  copyFileSync(fileURLToPath(new URL('./runtime-http.mjs', import.meta.url)), join(client, 'rapid-client.node.js'));
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
  let isDelivered = false;
  let posted = { kind: '', body: '', headers: '' };
  const done = Promise.withResolvers<void>();
  const api = await listenOnLoopback(async (request, response) => {
    const path = request.url ?? '';
    if (!path.endsWith('/invocation/next')) {
      const body = (await readBody(request)) ?? '';
      posted = { kind: path.split('/').at(-1) ?? '', body, headers: JSON.stringify(request.headers) };
      response.writeHead(202).end();
    } else if (isDelivered) done.resolve();
    else {
      isDelivered = true;
      response.writeHead(200, {
        'lambda-runtime-aws-request-id': 'c0ffee00-0000-4000-8000-000000000000',
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutMilliseconds),
        'lambda-runtime-invoked-function-arn': `arn:aws:lambda:${region}:123456789012:function:deployed`,
      });
      response.end(event);
    }
  });
  const child = spawn(execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment,
      ...roleCredentials,
      AWS_REGION: region,
      AWS_LAMBDA_RUNTIME_API: new URL(api.url).host,
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
  const streams = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close');
  const endedBefore = await Promise.race([done.promise, closed]);
  child.kill();
  await closed;
  await api.close();
  const printed = (await streams).join('');
  if (endedBefore !== undefined) throw new Error(`the runtime client ended with ${endedBefore[0]}: ${printed}`);
  return { ...posted, printed };
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
