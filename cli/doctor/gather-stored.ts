import { RefreshError } from '../../lambda/failure.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { explainFault } from '../explain-fault.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/read-stored.ts';
import { readStoredCredentials } from '../stored/read-stored-credentials.ts';
import type { StoredConnection } from './examine-stored.ts';
import type { Finding } from './finding.ts';

/** Reads what is stored of every connection; one that cannot be read is a finding, and no reason to skip the others. */
export async function gatherStored(
  place: Place,
): Promise<{ readonly all: readonly StoredConnection[]; readonly unreadable: readonly Finding[] }> {
  const unreadable: Finding[] = [];
  const read = await Promise.all(
    place.connections.connections.map(async (connection) => {
      try {
        const [stored, credentials] = await Promise.all([
          readStored(place, connection),
          readStoredCredentials(place, connection),
        ]);
        return [{ connection, stored, credentials }];
      } catch (fault) {
        if (!(fault instanceof RefreshError)) throw fault;
        const { error: problem, fix = 'try again' } = explainFault(fault);
        const where = tokenSecretId(place.connections.secretPrefix, connection);
        unreadable.push({ where, line: null, key: null, severity: 'error', problem, fix, blocks: [] });
        return [];
      }
    }),
  );
  return { all: read.flat(), unreadable };
}

/** When a token that is stored now ends; `undefined` for one that is not stored. */
export function storedExpiry(all: readonly StoredConnection[]): (accessToken: string) => Date | undefined {
  return (accessToken) =>
    all.find(({ stored }) => stored.token.document?.accessToken.reveal() === accessToken)?.stored.token.document
      ?.expiresAt;
}
