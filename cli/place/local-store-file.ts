import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { type Connections, readConnections } from '../../lambda/connections/read-connections.ts';

/** A client that the Zoho stand-in knows and that has no grant yet: for somebody who practises `authorize`. */
export type PracticeClient = { readonly client_id: string; readonly client_secret: string };

/** Where the running `npm start` is to be found, for `zoho-tokens --local`. */
export type LocalStore = {
  readonly secretsManagerUrl: string;
  readonly snsUrl: string;
  /** `undefined` if `npm start -- --env` asks the real Zoho. */
  readonly zohoUrl: string | undefined;
  /** Answers `POST /invoke` and `GET /now` to whoever shows {@link LocalStore.invokeToken}. */
  readonly invokeUrl: string;
  readonly invokeToken: string;
  /** Lambda's API, for apps under development. */
  readonly lambdaUrl: string;
  /** What AWS's stand-ins want requests to be signed with: made per run. */
  readonly secretAccessKey: string;
  readonly connections: Connections;
  /** By name of connection. */
  readonly practiceClients: Readonly<Record<string, PracticeClient>>;
};

/** The file cannot be used; the message says why. */
export class LocalStoreError extends Error {
  override readonly name = 'LocalStoreError';
}

/** In a folder of the user's own below the machine's temporary folder: found from whatever folder a command runs in. */
export const defaultLocalStoreFile = join(tmpdir(), `zoho-tokens-${userId() ?? 'user'}`, 'local-store.json');

const loopbackUrl = v.pipe(
  v.string(),
  v.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/, 'expected an address of this machine'),
);
const schema = v.object({
  version: v.literal(1),
  secrets_manager: loopbackUrl,
  sns: loopbackUrl,
  zoho: v.nullable(loopbackUrl),
  invoke: loopbackUrl,
  invoke_token: v.pipe(v.string(), v.minLength(32)),
  lambda: loopbackUrl,
  secret_access_key: v.pipe(v.string(), v.regex(/^[\w+/=-]+$/)),
  connections: v.unknown(),
  practice_clients: v.record(v.string(), v.object({ client_id: v.string(), client_secret: v.string() })),
});

/**
 * Writes the file, readable by its owner alone. The one of an earlier `npm start` is replaced.
 *
 * @throws {@link LocalStoreError} if the folder belongs to another user.
 */
export function writeLocalStore(file: string, store: LocalStore): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!isOwn(lstatSync(dirname(file)))) throw untrusted(dirname(file));
  rmSync(file, { force: true });
  const content = {
    version: 1,
    secrets_manager: store.secretsManagerUrl,
    sns: store.snsUrl,
    zoho: store.zohoUrl ?? null,
    invoke: store.invokeUrl,
    invoke_token: store.invokeToken,
    lambda: store.lambdaUrl,
    secret_access_key: store.secretAccessKey,
    connections: connectionsJson(store.connections),
    practice_clients: store.practiceClients,
  };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Takes the file away, unless it is another program's by now. */
export function removeLocalStore(file: string, invokeToken: string): void {
  try {
    if (readLocalStore(file).invokeToken === invokeToken) rmSync(file, { force: true });
  } catch {
    // Gone, or not ours to remove.
  }
}

/**
 * Reads the file.
 *
 * Credentials go to the addresses in it: only addresses of this machine count, and only in a file that nobody but its
 * owner could have written or read.
 *
 * @throws {@link LocalStoreError}
 */
export function readLocalStore(file: string): LocalStore {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new LocalStoreError('no local store is running: start one with `npm start`');
  const isPrivate = userId() === undefined || (found.mode & 0o077) === 0;
  if (!found.isFile() || !isOwn(found) || !isPrivate) throw untrusted(file);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), readFileSync(file, 'utf8'));
  if (!parsed.success) throw new LocalStoreError(`${file} is damaged: stop npm start and start it again`);
  const { output } = parsed;
  return {
    secretsManagerUrl: output.secrets_manager,
    snsUrl: output.sns,
    zohoUrl: output.zoho ?? undefined,
    invokeUrl: output.invoke,
    invokeToken: output.invoke_token,
    lambdaUrl: output.lambda,
    secretAccessKey: output.secret_access_key,
    connections: readConnections(JSON.stringify(output.connections)),
    practiceClients: output.practice_clients,
  };
}

function untrusted(path: string): LocalStoreError {
  return new LocalStoreError(`${path} can be touched by others, so it is not trusted: remove it`);
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return userId() === undefined || uid === userId();
}

/** `undefined` if the system knows no such thing: there, profiles keep users apart. */
function userId(): number | undefined {
  return process.getuid?.();
}

/** `connections.json` again, with every default written out. */
function connectionsJson({ secretPrefix, connections }: Connections): unknown {
  return {
    secret_prefix: secretPrefix,
    connections: connections.map((connection) => ({
      name: connection.name,
      service: connection.service,
      data_center: connection.dataCenter,
      token_prefix: connection.tokenPrefixes,
      required_scopes: connection.requiredScopes,
      optional_scopes: connection.optionalScopes,
      settings: connection.settings,
    })),
  };
}
