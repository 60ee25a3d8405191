import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { findProgram, searchPath, type Variables } from './commands.ts';

/** A running moto server: an AWS account that nobody here wrote. */
export type Moto = {
  readonly url: string;
  /** Environment of programs that take it for AWS; nothing of the machine's own AWS settings is in it. */
  readonly variables: Variables;
  stop(): Promise<void>;
};

export const region = 'us-east-1';
/** moto's own account. */
export const account = '123456789012';
/** moto takes any; these open nothing. */
export const credentials = { accessKeyId: 'AKIAMADEUPFORTESTS00', secretAccessKey: 'made-up' };

const startWithinMilliseconds = 60_000;

/** Starts moto on a free port of 127.0.0.1. */
export async function startMoto(): Promise<Moto> {
  const program = findProgram('moto_server', 'pip install "moto[server]==5.2.1"');
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { PATH: searchPath },
  });
  // By name: on 127.0.0.1 moto takes the first part of a host name for a bucket and finds none.
  const url = `http://localhost:${port}`;
  await untilReady(child, `${url}/moto-api/`);
  const home = mkdtempSync(join(tmpdir(), 'zoho-deploy-home-'));
  return {
    url,
    variables: {
      PATH: searchPath,
      HOME: home,
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      CI: 'true',
    },
    async stop() {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    },
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (const end = Date.now() + startWithinMilliseconds; Date.now() < end; await wait(100)) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  child.kill();
  throw new Error(`moto_server did not answer within ${startWithinMilliseconds / 1_000} s`);
}
