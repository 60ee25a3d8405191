import type { Place } from '../place/place.ts';
import { readStored } from '../stored/read-stored.ts';
import { readStoredCredentials } from '../stored/read-stored-credentials.ts';
import type { StoredConnection } from './examine-stored.ts';

/** Reads what is stored of every connection. @throws RefreshError `secret_store_failed`. */
export function gatherStored(place: Place): Promise<StoredConnection[]> {
  return Promise.all(
    place.connections.connections.map(async (connection) => {
      const [stored, credentials] = await Promise.all([
        readStored(place, connection),
        readStoredCredentials(place, connection),
      ]);
      return { connection, stored, credentials };
    }),
  );
}

/** When a token that is stored now ends; `undefined` for one that is not stored. */
export function storedExpiry(all: readonly StoredConnection[]): (accessToken: string) => Date | undefined {
  return (accessToken) =>
    all.find(({ stored }) => stored.token.document?.accessToken.reveal() === accessToken)?.stored.token
      .document?.expiresAt;
}
