import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';
import { appVariables } from './app-exports.ts';
import { defaultLocalStoreFile, type LocalStore, readLocalStore } from './local-store-file.ts';
import { neverEnds, openZoho } from './open-zoho.ts';
import type { Invoked, LogLine, LogQuery, Place } from './place.ts';

/** A run of the bundle may take its whole minute. */
const invokeTimeoutMilliseconds = 65_000;

/**
 * Opens the local store of a running `npm start`.
 *
 * @param variables - `ZOHO_TOKENS_LOCAL_STORE` names another file than the usual one.
 * @param connections - Instead of those that the store runs with.
 * @throws LocalStoreError if none is running.
 */
export async function openLocal(
  variables: Readonly<Record<string, string | undefined>>,
  connections: Connections | undefined,
): Promise<Place> {
  const store = readLocalStore(variables.ZOHO_TOKENS_LOCAL_STORE ?? defaultLocalStoreFile);
  const { now, lastTick } = await readClock(store);
  const ahead = now - Date.now();
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
    invoke: (event) => invoke(store, event),
    lastTick: async () => lastTick,
    hasSecret: async () => true,
    readLogs: (query) => readLogs(store, query),
    runbookUrl: undefined,
    now: () => new Date(Date.now() + ahead),
    practiceClients: store.practiceClients,
    appVariables: appVariables(store),
    close: () => client.destroy(),
  };
}

/** The stage may run on a clock of its own. */
async function readClock(store: LocalStore): Promise<{ now: number; lastTick: Date | undefined }> {
  const answer = (await ask(store, '/now', { method: 'GET' })) as { now: number; last_tick?: number | null };
  const lastTick = typeof answer.last_tick === 'number' ? new Date(answer.last_tick) : undefined;
  return { now: answer.now, lastTick };
}

async function invoke(store: LocalStore, event: unknown): Promise<Invoked> {
  const { answer, error } = (await ask(store, '/invoke', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })) as { answer: unknown; error: { message: string } | null };
  return error === null ? { answer } : { error: error.message };
}

/** Only the lines of the running `npm start`; those of the runtime and the metrics name no connection. */
async function readLogs(store: LocalStore, { connection, since }: LogQuery): Promise<LogLine[]> {
  const { lines } = (await ask(store, `/logs?since=${since.getTime()}`, { method: 'GET' })) as {
    lines: readonly { id: string; at: string; text: string }[];
  };
  return lines
    .filter(({ text }) => connection === undefined || text.includes(`"connection":"${connection}"`))
    .map((line) => ({ ...line, at: new Date(line.at) }));
}

async function ask(store: LocalStore, path: string, request: RequestInit): Promise<unknown> {
  try {
    const answer = await fetch(`${store.invokeUrl}${path}`, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${store.invokeToken}` },
      redirect: 'error',
      signal: AbortSignal.timeout(invokeTimeoutMilliseconds),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return await answer.json();
  } catch (fault) {
    throw new Refusal(
      `the local store of npm start does not answer (${(fault as Error).message})`,
      'start it again with `npm start`, in another terminal',
    );
  }
}
