import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { startSecretsManager } from '../../local/aws/secrets-manager-stand-in.ts';
import { startSns } from '../../local/aws/sns.ts';
import { freePort } from '../free-port.ts';

/** Something that speaks the wire protocol of Secrets Manager and SNS. */
export type Peer = { secretsManagerUrl: string; snsUrl: string; close(): Promise<void> };

/** Our own stand-ins. */
export async function startStandIns(topicArn: string): Promise<Peer> {
  const secretsManager = await startSecretsManager();
  const sns = await startSns({ topics: [topicArn] });
  return {
    secretsManagerUrl: secretsManager.url,
    snsUrl: sns.url,
    close: async () => {
      await Promise.all([secretsManager.close(), sns.close()]);
    },
  };
}

/** Whether moto can be started here. */
export const hasMoto = (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'moto_server')));

const longestStartMilliseconds = 30_000;

/** moto: a stand-in that nobody here wrote, in a process of its own that is ended by its id. */
export async function startMoto(): Promise<Peer> {
  const port = await freePort();
  const moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + longestStartMilliseconds;
  while (!(await answers(url))) {
    if (Date.now() > deadline || moto.exitCode !== null) throw new Error('moto_server did not start');
    await wait(100);
  }
  return {
    secretsManagerUrl: url,
    snsUrl: url,
    close: async () => {
      const ended = once(moto, 'exit');
      moto.kill();
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/`).then(
    () => true,
    () => false,
  );
}
