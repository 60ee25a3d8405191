import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { openAccount } from '../../cli/place/account.ts';
import { listenOnLoopback } from '../../local/wire/loopback.ts';
import { freePort } from './free-port.ts';
import { findProgram } from './run-program.ts';

/** A running moto server: an AWS account that nobody here wrote. */
export type Moto = Awaited<ReturnType<typeof startMoto>>;

export const region = 'us-east-1';
/** moto's own account. */
export const account = '123456789012';
/** moto takes any; these open nothing. */
const credentials = { accessKeyId: 'AKIAMADEUPFORTESTS00', secretAccessKey: 'made-up' };
const program = findProgram('moto_server');
export const hasMoto = program !== undefined;

const startWithinMilliseconds = 60_000;

/** Starts moto on a free port of 127.0.0.1, in a process of its own that is ended by its id. */
export async function startMoto() {
  if (program === undefined) throw new Error('moto_server is not on the PATH: pip install "moto[server]==5.2.1"');
  const port = await freePort();
  const PATH = env.PATH ?? '';
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env: { PATH } });
  // By name: on 127.0.0.1 moto takes the first part of a host name for a bucket and finds none.
  const url = `http://localhost:${port}`;
  const end = Date.now() + startWithinMilliseconds;
  while (!(await fetch(`${url}/moto-api/`).catch(() => undefined))?.ok) {
    await wait(100);
    if (child.exitCode === null && Date.now() < end) continue;
    child.kill();
    throw new Error(`moto_server ended with ${child.exitCode}, or did not answer in time`);
  }
  return {
    url,
    /** Of the SDK, for its account. */
    clients: openAccount(awsAt(url) as never),
    /** Environment of programs that take it for AWS; nothing of the machine's own AWS settings is in it. */
    variables: {
      PATH,
      HOME: mkdtempSync(join(tmpdir(), 'zoho-deploy-home-')),
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      CI: 'true',
    },
    async close() {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    },
  };
}

/** Options of an SDK client that takes an address for AWS, and says what it refuses at once. */
export function awsAt(endpoint: string) {
  return { endpoint, region, credentials, maxAttempts: 1 };
}

/**
 * Starts a server in front of moto, for what moto does not play.
 *
 * @param answer - Answers a request; `passOn` is what moto says to it.
 */
export function startFront(
  { url }: Moto,
  answer: (request: IncomingMessage, body: Buffer, passOn: () => Promise<Response>) => Promise<Response>,
) {
  return listenOnLoopback(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const { method = 'POST' } = request;
    const init = { method, headers: headers as Record<string, string>, ...(method === 'POST' && { body }) };
    const passOn = () => fetch(`${url}${request.url}`, init);
    const answered = await answer(request, body, passOn).catch((fault) => new Response(String(fault), { status: 500 }));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(Buffer.from(await answered.arrayBuffer()));
  });
}
