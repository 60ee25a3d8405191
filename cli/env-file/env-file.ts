import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { quotePath, UsageError } from '../faults.ts';
import { keyPrefix, ownKeys, sharedPrefix } from './keys.ts';
import { type EnvLine, type EnvLines, parseEnvLines } from './parse-env-lines.ts';
import { decodeText } from './text-file.ts';

export type EnvFile = EnvLines & {
  /** As the user named it, for messages. */
  readonly name: string;
  /** When it was last written: a token in it is at least as old. */
  readonly changedAt: Date;
};

/** An `.env` has a few dozen lines; more is another file. */
const largestFileBytes = 1024 * 1024;

/** Reads an `.env`; it is never changed. @throws {@link UsageError} if it cannot be read. */
export function readEnvFile(name: string, workingFolder: string): EnvFile {
  const path = resolve(workingFolder, name);
  try {
    const { mtime, size } = statSync(path);
    if (size > largestFileBytes) throw new UsageError(`${quotePath(name)} is larger than any .env`);
    const text = decodeText(readFileSync(path));
    const lines = parseEnvLines(text ?? '');
    return { ...lines, ...(text === undefined ? { kind: 'binary' } : {}), name, changedAt: mtime };
  } catch (fault) {
    if (fault instanceof UsageError) throw fault;
    throw new UsageError(`cannot read ${quotePath(name)}: ${(fault as NodeJS.ErrnoException).code}`);
  }
}

/** The last assignment of a key that is not empty: the last is what every reader takes. */
export function findLine({ assignments }: EnvLines, key: string): EnvLine | undefined {
  return assignments.findLast((line) => line.key === key && line.value !== '');
}

/** The line of a connection's own key, e.g. `ACCESS_TOKEN`. */
export function ownLine(file: EnvLines, connection: Connection, suffix: string): EnvLine | undefined {
  return findLine(file, `${keyPrefix(connection)}_${suffix}`);
}

/** The lines that make a connection's credentials: its own client, or else the shared one. */
export function credentialLines(file: EnvLines, connection: Connection) {
  const ofClient = (suffix: string) => ownLine(file, connection, suffix) ?? findLine(file, `${sharedPrefix}_${suffix}`);
  return {
    clientId: ofClient('CLIENT_ID'),
    clientSecret: ofClient('CLIENT_SECRET'),
    refreshToken: ownLine(file, connection, 'REFRESH_TOKEN'),
  };
}

/** A connection's credentials as the file has them; `undefined` if one of the three is missing. */
export function readEnvCredentials(file: EnvFile, connection: Connection): Credentials | undefined {
  const { clientId, clientSecret, refreshToken } = credentialLines(file, connection);
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) return undefined;
  const fields = { client_id: clientId.value, client_secret: clientSecret.value, refresh_token: refreshToken.value };
  return parseCredentials(file.name, { versionId: 'file', text: JSON.stringify(fields) });
}

/** Whether the file has a token or setting of a connection's own. */
export function hasAnyKey(file: EnvLines, connection: Connection): boolean {
  return ownKeys(connection).some(({ key }) => findLine(file, key) !== undefined);
}
