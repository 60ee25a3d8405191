import { get } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readLocalStore } from '../../cli/place/local-store-file.ts';
import { createTokenReader } from '../../client/index.ts';

/** Apps with a reader each, every one of which asks for its token this often. */
const readers = 10;
const readerPauseMilliseconds = 100;
/** How often an app without a cache reads a secret: 25 a second. */
const readPauseMilliseconds = 40;

/**
 * Puts a running `npm start` under what production would ask of it, and more: apps that read tokens, and somebody who
 * leaves the console page open.
 *
 * @param file - Where `npm start` says where everything is.
 * @param consoleUrl - Its console page.
 * @returns How many reads succeeded, and what went wrong for an app.
 */
export function startLoad(file: string, consoleUrl: string) {
  const { secretsManagerUrl, secretAccessKey, connections: configured } = readLocalStore(file);
  const { connections, secretPrefix } = configured;
  const client = new SecretsManagerClient({
    endpoint: secretsManagerUrl,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey },
  });
  const done = { reader: 0, read: 0 };
  const faults: string[] = [];
  const every = (milliseconds: number, kind: keyof typeof done, call: () => Promise<unknown>) =>
    setInterval(async () => {
      try {
        await call();
        done[kind] += 1;
      } catch (fault) {
        faults.push(`${kind}: ${fault}`);
      }
    }, milliseconds);
  const nameOf = (index: number) => connections[index % connections.length]?.name ?? '';
  const timers = Array.from({ length: readers }, (_, index) => {
    const reader = createTokenReader({ connection: nameOf(index), secretPrefix, client });
    return every(readerPauseMilliseconds, 'reader', () => reader.get());
  });
  const readNext = () =>
    client.send(new GetSecretValueCommand({ SecretId: `${secretPrefix}/${nameOf(done.read)}/token` }));
  timers.push(every(readPauseMilliseconds, 'read', readNext));
  const page = get(`${consoleUrl}/events`, (stream) => stream.resume());
  page.on('error', (fault) => {
    if (!page.destroyed) faults.push(`console page: ${fault.message}`);
  });
  return {
    done,
    faults,
    stop() {
      timers.forEach(clearInterval);
      page.destroy();
      client.destroy();
    },
  };
}
