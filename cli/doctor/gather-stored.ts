import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { type EnvFile, ownLine } from '../env-file/env-file.ts';
import { explainFault } from '../explain-fault.ts';
import type { Place } from '../place/place.ts';
import { readStoredCredentials } from '../stored/credentials.ts';
import { readStored } from '../stored/read-stored.ts';
import { at, type StoredConnection } from './examine-stored.ts';
import { type Finding, mistake } from './finding.ts';

/** Reads what is stored of every connection; one that cannot be read is a finding, and no reason to skip the others. */
export async function gatherStored(
  place: Place,
): Promise<{ readonly all: readonly StoredConnection[]; readonly unreadable: readonly Finding[] }> {
  const { connections, secretPrefix } = place.connections;
  const unreadable: Finding[] = [];
  const read = connections.map(async (connection) => {
    try {
      const both = [readStored(place, connection), readStoredCredentials(place, connection)] as const;
      const [stored, credentials] = await Promise.all(both);
      return [{ connection, stored, credentials }];
    } catch (fault) {
      if (!(fault instanceof RefreshError)) throw fault;
      const { error, fix = 'try again' } = explainFault(fault);
      unreadable.push(at(tokenSecretId(secretPrefix, connection))(null, error, fix));
      return [];
    }
  });
  return { all: (await Promise.all(read)).flat(), unreadable };
}

/** When a token that is stored now ends; `undefined` for one that is not stored. */
export function storedExpiry(all: readonly StoredConnection[]): (accessToken: string) => Date | undefined {
  const documents = all.flatMap(({ stored }) => stored.token.document ?? []);
  return (accessToken) => documents.find((each) => each.accessToken.reveal() === accessToken)?.expiresAt;
}

/** Finds values of the file that stand in another connection's secrets, or in the wrong one of its own. */
export function findSharedWithStored(
  file: EnvFile,
  connections: readonly Connection[],
  all: readonly StoredConnection[],
): Finding[] {
  return connections.flatMap((connection) => {
    const { name } = connection;
    const line = ownLine(file, connection, 'REFRESH_TOKEN');
    if (line === undefined) return [];
    const isOwner = (each: StoredConnection) =>
      each.connection.name !== name && each.credentials?.refreshToken.reveal() === line.value;
    const owner = all.find(isOwner)?.connection.name;
    if (owner === undefined && storedExpiry(all)(line.value) === undefined) return [];
    const problem =
      owner === undefined
        ? 'is a stored access token in the place of a refresh token'
        : `is the stored refresh token of ${owner}: one refresh token belongs to one connection`;
    const fix = `get a refresh token of its own with \`npx --no-install zoho-tokens authorize ${name}\``;
    return [mistake(file, line, problem, fix, [name])];
  });
}
