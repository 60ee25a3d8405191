import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import type { Variables } from '../command.ts';
import { Refusal } from '../faults.ts';
import { appVariables, defaultLocalStoreFile, type LocalStore, readLocalStore } from './local-store-file.ts';
import { neverEnds, openZoho } from './open-zoho.ts';
import type { LogLine, Place } from './place.ts';

/** A run of the bundle may take its whole minute. */
const invokeTimeoutMilliseconds = 65_000;

/** Opens the local store of a running `npm start`, with its own connections if no others are given. */
export async function openLocal(variables: Variables, connections: Connections | undefined): Promise<Place> {
  const store = readLocalStore(variables.ZOHO_TOKENS_LOCAL_STORE ?? defaultLocalStoreFile);
  // The stage may run on a clock of its own.
  const clock = await ask<{ now: number; last_tick?: number | null }>(store, '/now');
  const ahead = clock.now - Date.now();
  const client = new SecretsManagerClient({
    endpoint: store.secretsManagerUrl,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: store.secretAccessKey },
  });
  return {
    title: 'the local store of npm start',
    connections: connections ?? store.connections,
    versions: createSecretVersions(client, neverEnds),
    ...openZoho(store.zohoUrl),
    invoke: async (event) => {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(event) };
      const { answer, error } = await ask<{ answer: unknown; error: Error | null }>(store, '/invoke', request);
      return error === null ? { answer } : { error: error.message };
    },
    lastTick: async () => (typeof clock.last_tick === 'number' ? new Date(clock.last_tick) : undefined),
    hasSecret: async () => true,
    // Only the lines of the running `npm start`; those of the runtime and the metrics name no connection.
    readLogs: async ({ connection, since }) => {
      type Lines = { lines: readonly (Omit<LogLine, 'at'> & { at: string })[] };
      const { lines } = await ask<Lines>(store, `/logs?since=${since.getTime()}`);
      const own = lines.filter(({ text }) => connection === undefined || text.includes(`"connection":"${connection}"`));
      return own.map((line) => ({ ...line, at: new Date(line.at) }));
    },
    now: () => new Date(Date.now() + ahead),
    practiceClients: store.practiceClients,
    appVariables: appVariables(store),
    close: () => client.destroy(),
  };
}

async function ask<Answer>(store: LocalStore, path: string, request: RequestInit = {}): Promise<Answer> {
  try {
    const answer = await fetch(`${store.invokeUrl}${path}`, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${store.invokeToken}` },
      redirect: 'error',
      signal: AbortSignal.timeout(invokeTimeoutMilliseconds),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return (await answer.json()) as Answer;
  } catch (fault) {
    throw new Refusal(
      `the local store of npm start does not answer (${(fault as Error).message})`,
      'start it again with `npm start`, in another terminal',
    );
  }
}
