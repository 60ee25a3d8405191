import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { keyPrefix } from '../env-file/expected-keys.ts';
import type { StoredConnection } from './examine-stored.ts';
import type { Finding } from './finding.ts';

/** Finds values of the file that stand in another connection's secrets, or in the wrong one of its own. */
export function findSharedWithStored(
  file: EnvFile,
  connections: readonly Connection[],
  all: readonly StoredConnection[],
): Finding[] {
  return connections.flatMap((connection) => {
    const { name } = connection;
    const line = findLine(file, `${keyPrefix(connection)}_REFRESH_TOKEN`);
    if (line === undefined) return [];
    const at = {
      where: file.name,
      line: line.line,
      key: line.key,
      severity: 'error' as const,
      blocks: [name],
    };
    const fix = `get a refresh token of its own with \`npx --no-install zoho-tokens authorize ${name}\``;
    const owner = all.find(
      (each) => each.connection.name !== name && each.credentials?.refreshToken.reveal() === line.value,
    );
    if (owner !== undefined) {
      const problem = `is the stored refresh token of ${owner.connection.name}: one refresh token belongs to one connection`;
      return [{ ...at, problem, fix }];
    }
    const isAccessToken = all.some(({ stored }) => stored.token.document?.accessToken.reveal() === line.value);
    if (!isAccessToken) return [];
    return [{ ...at, problem: 'is a stored access token in the place of a refresh token', fix }];
  });
}
