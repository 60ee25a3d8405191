import { get } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type LocalStore, readLocalStore } from '../../cli/place/local-store-file.ts';
import { createTokenReader } from '../../client/index.ts';

/** What production would ask of it, and more: apps that read tokens, and somebody who leaves the console page open. */
export type Load = {
  /** Tokens handed to apps by the reader. */
  readonly readerCalls: () => number;
  /** Reads of the secret by apps without a cache. */
  readonly secretReads: () => number;
  /** What went wrong for an app. */
  readonly faults: readonly string[];
  stop(): void;
};

/** Apps with a reader each, every one of which asks for its token this often. */
const readers = 10;
const readerPauseMilliseconds = 100;
/** How often an app without a cache reads a secret: 25 a second. */
const readPauseMilliseconds = 40;

/**
 * Puts a running `npm start` under load.
 *
 * @param file - Where `npm start` says where everything is.
 * @param consoleUrl - Its console page.
 */
export function startLoad(file: string, consoleUrl: string): Load {
  const { secretsManagerUrl, secretAccessKey, connections } = readLocalStore(file);
  const client = new SecretsManagerClient({
    endpoint: secretsManagerUrl,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey },
  });
  const faults: string[] = [];
  const timers = [
    ...startReaders(client, connections, faults),
    ...startPlainReads(client, connections, faults),
  ];
  const page = get(`${consoleUrl}/events`, (stream) => stream.resume());
  page.on('error', (fault) => {
    if (!page.destroyed) faults.push(`console page: ${fault.message}`);
  });
  return {
    readerCalls: () => timers.reduce((sum, { done, kind }) => sum + (kind === 'reader' ? done() : 0), 0),
    secretReads: () => timers.reduce((sum, { done, kind }) => sum + (kind === 'read' ? done() : 0), 0),
    faults,
    stop() {
      for (const { stop } of timers) stop();
      page.destroy();
      client.destroy();
    },
  };
}

type Repeated = { readonly kind: 'reader' | 'read'; done(): number; stop(): void };

function startReaders(
  client: SecretsManagerClient,
  { connections, secretPrefix }: LocalStore['connections'],
  faults: string[],
): Repeated[] {
  return Array.from({ length: readers }, (_, index) => {
    const { name } = connections[index % connections.length] ?? { name: '' };
    const reader = createTokenReader({ connection: name, secretPrefix, client });
    return repeat('reader', readerPauseMilliseconds, faults, () => reader.get());
  });
}

function startPlainReads(
  client: SecretsManagerClient,
  { connections, secretPrefix }: LocalStore['connections'],
  faults: string[],
): Repeated[] {
  const secrets = connections.map(({ name }) => `${secretPrefix}/${name}/token`);
  let next = 0;
  return [
    repeat('read', readPauseMilliseconds, faults, () => {
      next += 1;
      return client.send(new GetSecretValueCommand({ SecretId: secrets[next % secrets.length] }));
    }),
  ];
}

function repeat(
  kind: Repeated['kind'],
  pauseMilliseconds: number,
  faults: string[],
  call: () => Promise<unknown>,
): Repeated {
  let done = 0;
  const timer = setInterval(() => {
    call().then(
      () => {
        done += 1;
      },
      (fault: Error) => faults.push(`${kind}: ${fault.name}: ${fault.message}`),
    );
  }, pauseMilliseconds);
  return { kind, done: () => done, stop: () => clearInterval(timer) };
}
