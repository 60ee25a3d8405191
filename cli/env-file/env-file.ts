import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { quotePath, UsageError } from '../faults.ts';
import { decodeText } from './decode-text.ts';
import { keyPrefix, ownKeys, sharedClientId, sharedClientSecret } from './expected-keys.ts';
import { type EnvLine, type EnvLines, parseEnvLines } from './parse-env-lines.ts';

/** An `.env` in the guide's format. */
export type EnvFile = EnvLines & {
  /** As the user named it, for messages. */
  readonly name: string;
  /** When it was last written: a token in it is at least as old. */
  readonly changedAt: Date;
};

/** An `.env` has a few dozen lines; more is another file. */
const largestFileBytes = 1024 * 1024;

/**
 * Reads an `.env`; it is never changed.
 *
 * @throws {@link UsageError} if it cannot be read.
 */
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

/** The lines that make a connection's credentials: its own client, or else the shared one. */
export function credentialLines(
  file: EnvLines,
  connection: Connection,
): { clientId: EnvLine | undefined; clientSecret: EnvLine | undefined; refreshToken: EnvLine | undefined } {
  const prefix = keyPrefix(connection);
  return {
    clientId: findLine(file, `${prefix}_CLIENT_ID`) ?? findLine(file, sharedClientId),
    clientSecret: findLine(file, `${prefix}_CLIENT_SECRET`) ?? findLine(file, sharedClientSecret),
    refreshToken: findLine(file, `${prefix}_REFRESH_TOKEN`),
  };
}

/** Whether the file has a token or setting of a connection's own. */
export function hasAnyKey(file: EnvLines, connection: Connection): boolean {
  return ownKeys(connection).some(({ key }) => findLine(file, key) !== undefined);
}
