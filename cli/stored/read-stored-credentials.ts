import { type Credentials, parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { credentialsSecretId } from '../../lambda/run.ts';
import type { Place } from '../place/place.ts';

/**
 * Reads a connection's stored credentials; `undefined` if none, or no complete ones, are stored.
 *
 * @throws RefreshError `secret_store_failed`.
 */
export async function readStoredCredentials(
  { versions, connections }: Pick<Place, 'versions' | 'connections'>,
  connection: Connection,
): Promise<Credentials | undefined> {
  const secretId = credentialsSecretId(connections.secretPrefix, connection);
  const version = await versions.get(secretId, 'AWSCURRENT');
  try {
    return parseCredentials(secretId, version);
  } catch (fault) {
    if (fault instanceof RefreshError && fault.code === 'credentials_missing') return undefined;
    throw fault;
  }
}

/**
 * The other connection that already has this refresh token: one refresh token belongs to one connection, or both draw
 * on one budget of requests and throttle each other.
 */
export async function findOtherOwner(
  place: Pick<Place, 'versions' | 'connections'>,
  connection: Connection,
  { refreshToken }: Pick<Credentials, 'refreshToken'>,
): Promise<string | undefined> {
  for (const other of place.connections.connections) {
    if (other.name === connection.name) continue;
    const stored = await readStoredCredentials(place, other);
    if (stored?.refreshToken.reveal() === refreshToken.reveal()) return other.name;
  }
  return undefined;
}
