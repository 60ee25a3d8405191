import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';

/** Credentials go to the addresses in the file: only those of this machine count. */
const loopbackUrl = v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/));
const practiceClient = v.object({ client_id: v.string(), client_secret: v.string() });
const schema = v.object({
  version: v.literal(2),
  secretsManagerUrl: loopbackUrl,
  /** Left out if `npm start -- --env` asks the real Zoho. */
  zohoUrl: v.optional(loopbackUrl),
  /** Answers `POST /invoke` and `GET /now` to whoever shows `invokeToken`. */
  invokeUrl: loopbackUrl,
  invokeToken: v.pipe(v.string(), v.minLength(32)),
  /** Lambda's API, for apps under development. */
  lambdaUrl: loopbackUrl,
  /** What AWS's stand-ins want requests to be signed with: made per run. */
  secretAccessKey: v.pipe(v.string(), v.regex(/^[\w+/=-]+$/)),
  connections: v.custom<Connections>((value) => Array.isArray(Object(value).connections)),
  practiceClients: v.record(v.string(), practiceClient),
});

/** A client that the Zoho stand-in knows and that has no grant yet: for somebody who practises `authorize`. */
export type PracticeClient = Readonly<v.InferOutput<typeof practiceClient>>;

/** Where the running `npm start` is to be found, for `zoho-tokens --local`. */
export type LocalStore = Readonly<Omit<v.InferOutput<typeof schema>, 'version'>>;

/** In a folder of the user's own below the machine's temporary folder: found from whatever folder a command runs in. */
export const defaultLocalStoreFile = join(tmpdir(), `zoho-tokens-${userId() ?? 'user'}`, 'local-store.json');

/** Writes the file, readable by its owner alone. The one of an earlier `npm start` is replaced. */
export function writeLocalStore(file: string, store: LocalStore): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!isOwn(lstatSync(dirname(file)))) throw untrusted(dirname(file));
  rmSync(file, { force: true });
  const text = JSON.stringify({ version: 2, ...store }, undefined, 2);
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
}

/** Takes the file away, unless it is another program's by now. */
export function removeLocalStore(file: string, invokeToken: string): void {
  try {
    if (readLocalStore(file).invokeToken === invokeToken) rmSync(file, { force: true });
  } catch {
    // Gone, or not ours to remove.
  }
}

/** Reads the file, if nobody but its owner could have written or read it. */
export function readLocalStore(file: string): LocalStore {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw refusal('no local store is running: start one with `npm start`');
  const isPrivate = userId() === undefined || (found.mode & 0o077) === 0;
  if (!found.isFile() || !isOwn(found) || !isPrivate) throw untrusted(file);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), readFileSync(file, 'utf8'));
  if (!parsed.success) throw refusal(`${file} is damaged: stop npm start and start it again`);
  const { version: _version, ...store } = parsed.output;
  return store;
}

function untrusted(path: string): Refusal {
  return refusal(`${path} can be touched by others, so it is not trusted: remove it`);
}

function refusal(problem: string): Refusal {
  return new Refusal(problem, undefined, 'no_local_store');
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return userId() === undefined || uid === userId();
}

/** `undefined` if the system knows no such thing: there, profiles keep users apart. */
function userId(): number | undefined {
  return process.getuid?.();
}

/** Variables with which an app under development reaches the stand-ins: boto3, the AWS CLI and the SDKs read them. */
export function appVariables(store: Pick<LocalStore, 'secretsManagerUrl' | 'lambdaUrl' | 'secretAccessKey'>) {
  return {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: store.secretsManagerUrl,
    AWS_ENDPOINT_URL_LAMBDA: store.lambdaUrl,
    AWS_REGION: 'ap-south-1',
    AWS_DEFAULT_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    // What the recipes ask for a refresh.
    REFRESHER_FUNCTION: 'zoho-token-refresher',
  };
}

/** Lines for a POSIX shell; the endpoints are of this machine and the key opens nothing else. */
export function renderExports(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => (value === '' ? `unset ${name}` : `export ${name}=${value}`));
}
